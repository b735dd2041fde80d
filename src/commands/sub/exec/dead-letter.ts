/**
 * `--dead-letter`: where a message goes after the last attempt of its command has failed. It is safe there before it is
 * acknowledged: in a file on disk, or on a topic at QoS 1, acknowledged by the broker. Both hold the line that `-F %j`
 * prints, with topic, payload and properties.
 */
import { dirname } from 'node:path';
import type { DeadLetter } from '../../../cli/values/commands.ts';
import { Failure } from '../../../errors.ts';
import type { PublishContent } from '../../../mqtt/packets/publish.ts';
import type { Token } from '../../../mqtt/session/events.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import { compileFormat } from '../../../output/compile.ts';
import { OutputWriter, type WriterEvents } from '../../../output/writer.ts';
import { errnoOf, type FileSystem, removeFile, syncFolder, withOpen } from '../../../runtime/files.ts';
import type { WallTime } from '../../../runtime/io.ts';
import { reasonOf } from '../../../util/errno.ts';

export interface DeadLetters {
  /** Resolves with undefined when the message is safe, else with the problem. */
  put(packet: PublishPacket, at: WallTime): Promise<string | undefined>;
  /** Handles the outcome of a publish. Returns false for a message that is not a dead letter. */
  published(token: Token, problem: string | undefined): boolean;
  /** Gives up the dead letters that are not safe yet. */
  abandon(): void;
  /** True when dead letters wait for the broker's acknowledgement, which has to be read. */
  readonly isWaiting: boolean;
}

const LINE = compileFormat(Buffer.from('%j'));

/** Returns the message as one line of JSON. */
async function deadLetterLine(packet: PublishPacket, at: WallTime, pause?: WriterEvents['pause']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const sink = {
    write: (bytes: Uint8Array, done: () => void) => {
      chunks.push(Uint8Array.from(bytes));
      void Promise.resolve().then(() => done());
    },
    close: () => {},
  };
  const events: WriterEvents = { written: () => {}, room: () => {}, broken: () => {}, ...(pause && { pause }) };
  const output = new OutputWriter(sink, events);
  LINE.renderer({ pretty: false, newline: true, nul: false, warn: () => {} })(output, packet, at);
  await output.finished();
  return Buffer.concat(chunks);
}

type MakeLine = (packet: PublishPacket, at: WallTime) => Promise<Uint8Array>;

/** Throws a Failure when the directory cannot be used. */
export function deadLetters(
  place: DeadLetter,
  context: {
    readonly files: FileSystem;
    readonly pid: number;
    publish(content: PublishContent): Token;
    readonly pause?: WriterEvents['pause'];
  },
): DeadLetters {
  const line = (packet: PublishPacket, at: WallTime) => deadLetterLine(packet, at, context.pause);
  return place.kind === 'topic'
    ? new DeadTopic(place.topic, context.publish, line)
    : new DeadFolder(place.path, context, line);
}

/** Returns false when the path does not exist. Throws the system's error when it is not a directory, or is not writable. */
function isWritable(files: FileSystem, path: string): boolean {
  try {
    files.accessSync(`${path}/.`, 2);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/** Creates the directory and syncs it to disk. Another process may create it first. */
function makeFolder(files: FileSystem, path: string): void {
  try {
    files.mkdirSync(path, 0o700);
    syncFolder(files, dirname(path));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || !isWritable(files, path)) throw error;
  }
}

/** A file for each message: TIME-PID-NUMBER.json, readable only by this user. */
class DeadFolder implements DeadLetters {
  readonly isWaiting = false;
  readonly #path: string;
  readonly #files: FileSystem;
  readonly #pid: number;
  readonly #line: MakeLine;
  #count = 0;

  constructor(path: string, { files, pid }: { readonly files: FileSystem; readonly pid: number }, line: MakeLine) {
    this.#line = line;
    this.#path = path;
    this.#files = files;
    this.#pid = pid;
    try {
      // Checks early that the path is a writable directory.
      if (!isWritable(files, path)) makeFolder(files, path);
    } catch (error) {
      throw new Failure('file', {
        message: `Unable to use --dead-letter directory "${path}": ${reasonOf(errnoOf(error))}`,
      });
    }
  }

  async put(packet: PublishPacket, at: WallTime): Promise<string | undefined> {
    const line = await this.#line(packet, at);
    const name = `${timeName(at)}-${this.#pid}-${++this.#count}.json`;
    const part = `${this.#path}/.${name}.part`;
    const files = this.#files;
    try {
      const fd = files.openSync(part, 'wx', 0o600);
      withOpen(files, fd, () => {
        for (let done = 0; done < line.length; ) done += files.writeSync(fd, line, done, line.length - done);
        files.fsyncSync(fd);
      });
      files.renameSync(part, `${this.#path}/${name}`);
      syncFolder(files, this.#path);
      return undefined;
    } catch (error) {
      // On a full disk, every run would otherwise leave another partial file.
      removeFile(files, part);
      return `directory "${this.#path}": ${reasonOf(errnoOf(error))}`;
    }
  }

  published(): boolean {
    return false;
  }

  abandon(): void {}
}

/** Names that sort by time. */
function timeName({ seconds, nanoseconds }: WallTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}

class DeadTopic implements DeadLetters {
  readonly #topic: string;
  readonly #publish: (content: PublishContent) => Token;
  readonly #line: MakeLine;
  readonly #waiting = new Map<Token, (problem: string | undefined) => void>();
  #over = false;

  constructor(topic: string, publish: (content: PublishContent) => Token, line: MakeLine) {
    this.#line = line;
    this.#topic = topic;
    this.#publish = publish;
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  async put(packet: PublishPacket, at: WallTime): Promise<string | undefined> {
    // A persistent session may have subscriptions of earlier runs, which the options do not show.
    if (packet.topic === this.#topic)
      return `topic '${this.#topic}': the message came from there (-U ends that subscription of the session)`;
    const line = await this.#line(packet, at);
    if (this.#over) return this.#tooLate();
    const payload = line.subarray(0, -1);
    const token = this.#publish({ topic: this.#topic, payload, qos: 1, retain: false, properties: [] });
    return new Promise((resolve) => this.#waiting.set(token, resolve));
  }

  published(token: Token, problem: string | undefined): boolean {
    const resolve = this.#waiting.get(token);
    this.#waiting.delete(token);
    resolve?.(problem === undefined ? undefined : `topic '${this.#topic}': ${problem}`);
    return resolve !== undefined;
  }

  abandon(): void {
    this.#over = true;
    for (const resolve of this.#waiting.values()) resolve(this.#tooLate());
    this.#waiting.clear();
  }

  #tooLate(): string {
    return `topic '${this.#topic}': it was not acknowledged`;
  }
}
