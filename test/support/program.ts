/**
 * Runs whole programs in memory: the test provides the command line, the surroundings, the network and the time. No
 * process is started and nothing waits, so an hour of a program takes only as long as its work.
 */
import type { Millis } from '../../src/util/millis.ts';
import '../../src/cli/values/format.ts';
import '../../src/commands/sub/exec/dead-letter.ts';
import '../../src/commands/sub/exec/executor.ts';
import '../../src/commands/input/json-record.ts';
import '../../src/commands/broker/passphrase.ts';
import '../../src/commands/check/certificate.ts';
import '../../src/commands/check/memory.ts';
import '../../src/commands/check/write-whole.ts';
import '../../src/commands/broker/probe.ts';
import '../../src/commands/sub/ready.ts';
import '../../src/commands/pub/replay.ts';
import '../../src/commands/pub/unsent.ts';
import '../../src/commands/sub/sinks/watch.ts';
import '../../src/output/paint.ts';
import { readFormat } from '../../src/cli/values/format.ts';
import type { BrokerIo } from '../../src/commands/broker/connection.ts';
import { loadWords } from '../../src/commands/broker/explain.ts';
import { pub } from '../../src/commands/pub/publisher.ts';
import { pubSpool } from '../../src/commands/pub-spool/spool-run.ts';
import { rr } from '../../src/commands/rr/requester.ts';
import { sub } from '../../src/commands/sub/subscriber.ts';
import { runCheck } from '../../src/entry/check-main.ts';
import { runWith } from '../../src/entry/client-main.ts';
import { buildFeatures, failureText } from '../../src/entry/main.ts';
import { Failure, type FailureKind } from '../../src/errors.ts';
import type { PublishContent } from '../../src/mqtt/packets/publish.ts';
import type { Packet } from '../../src/mqtt/types.ts';
import type { Dial } from '../../src/net/byte-stream.ts';
import type { DialContext } from '../../src/net/dial-trace.ts';
import type { StartChild } from '../../src/runtime/children.ts';
import { type FileSystem, systemFiles } from '../../src/runtime/files.ts';
import type { Io, ScreenSize } from '../../src/runtime/io.ts';
import { systemMachine } from '../../src/runtime/processes.ts';
import type { Target } from '../../src/runtime/target.ts';
import { ModelServer, type ModelServerOptions } from './model-server.ts';
import { dialTo, type Link, type LinkOptions } from './pair.ts';
import { TestInput, TestOutput } from './streams.ts';
import { settle, VirtualClock } from './virtual-clock.ts';

// The time for loading these is not part of the virtual time.
await loadWords();

const PROGRAMS = {
  tspub: (io: BrokerIo) =>
    runWith(
      'pub',
      async (plan, all) =>
        plan.spool === undefined ? pub(plan, all) : pubSpool(plan, plan.spool, { ...all, ...(await all.machine()) }),
      undefined,
      io,
      BUILD,
    ),
  tssub: (io: BrokerIo) => runWith('sub', sub, readFormat, io, BUILD),
  tsrr: (io: BrokerIo) => runWith('rr', rr, readFormat, io, BUILD),
  tscheck: (io: BrokerIo) => runCheck(io, BUILD),
} as const;
export type Program = keyof typeof PROGRAMS;

const BUILD = { version: '0.0.0', runtime: 'a test', raw: undefined, features: buildFeatures };

/** A program that runs longer than this hangs: the time is longer than any limit except the longest keepalive. */
const TOO_LONG: Millis = 3_600_000;

/** The result of a connection attempt. */
export type Attempt =
  | LinkOptions
  /** The attempt fails at once. */
  | { readonly fails: FailureKind | Failure }
  /** The attempt first asks for the pass phrase of this file, reports the reply, and continues if there is one. */
  | { readonly asks: string; answered(phrase: string | undefined): void }
  /** No response: from a name server, a host, or a TLS handshake. */
  | 'silent';

export interface ProgramOptions {
  readonly version?: 3 | 4 | 5;
  readonly server?: Omit<ModelServerOptions, 'version'>;
  /** What the broker sends after its first SUBACK, or with `connected` after CONNECT. */
  readonly messages?: readonly Partial<PublishContent>[];
  readonly attempt?: (number: number, target: Target) => Attempt;
  /** Text or bytes that end, or the test writes to `stdin` over time. */
  readonly stdin?: string | Uint8Array | 'open';
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The streams that are terminals. */
  readonly terminals?: readonly (0 | 1 | 2)[];
  /** The size of the terminal of standard output. */
  readonly screen?: ScreenSize;
  readonly random?: () => number;
  readonly startChild?: StartChild;
  /** Bytes that standard output accepts at first. */
  readonly room?: number;
  /** True if standard output is closed. */
  readonly closed?: boolean;
  readonly terminal?: Io['terminal'];
  /** System functions of the spool that the test replaces. */
  readonly disk?: Partial<FileSystem>;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program, with options for the broker before its own words. */
export function startProgram(name: Program, argv: readonly string[], options: ProgramOptions = {}): RunningProgram {
  return new RunningProgram(name, argv, options);
}

/** A tsrr that has sent its request, and waits for the response on topic b. */
export async function request(words: string, options: ProgramOptions = {}): Promise<RunningProgram> {
  const argv = ['-t', 'a', '-e', 'b', '-m', 'x', ...words.split(' ').filter(Boolean)];
  return startProgram('tsrr', argv, options).got('publish');
}

export class RunningProgram {
  readonly clock = new VirtualClock();
  readonly server: ModelServer;
  readonly stdin = new TestInput();
  readonly stdout = new TestOutput();
  /** The link of the latest attempt that was answered. */
  link: Link | undefined;
  attempts = 0;
  /** The target of each attempt. */
  readonly targets: Target[] = [];
  stderr = '';
  status: number | undefined;
  /** When the program ended. */
  endedAt: Millis | undefined;
  readonly #listeners = new Map<string, Set<() => void>>();
  #bug: unknown;

  constructor(name: Program, argv: readonly string[], options: ProgramOptions) {
    const { version = 5, server, stdin = '', messages = [] } = options;
    let hasSent = messages.length === 0;
    this.server = new ModelServer({
      ...server,
      version,
      intercept: (packet, connection) => {
        const ignored = server?.intercept?.(packet, connection) === true;
        if (packet.type === 'subscribe' && !ignored && !hasSent) {
          hasSent = true;
          // After SUBACK, which the broker writes when this returns.
          this.clock.callAt(this.clock.now(), () => this.send(...messages));
        }
        return ignored;
      },
    });
    if (stdin !== 'open') {
      if (stdin.length > 0) this.stdin.push(stdin);
      this.stdin.end();
    }
    if (options.room !== undefined) this.stdout.room = options.room;
    const words = version === 3 ? 'mqttv31' : version === 4 ? 'mqttv311' : 'mqttv5';
    const io = this.#io(['-h', 'broker', '-V', words, ...argv], options);
    PROGRAMS[name](io).then(
      (status) => this.#end(status),
      async (error) => {
        // As in entry/main.ts.
        if (error instanceof Failure) {
          this.stderr += await failureText(error);
          this.#end(error.status);
        } else this.#bug = error;
      },
    );
  }

  /** The types of the packets that the broker received, with the QoS of PUBLISH. */
  get wire(): string {
    return this.wireFrom(0);
  }

  /** As wire, without the first `from` packets. */
  wireFrom(from: number): string {
    return this.server.packets.slice(from).map(nameOf).join(' ');
  }

  get outcome(): Outcome {
    return { status: this.status ?? -1, stdout: this.stdout.text, stderr: this.stderr };
  }

  /** Sends messages from the broker to this client at once. */
  send(...messages: readonly Partial<PublishContent>[]): void {
    const to = this.server.current?.clientId ?? '?';
    for (const message of messages) {
      const { payload = Buffer.from('x'), ...rest } = message;
      this.server.send(to, { topic: 'a', qos: 0, retain: false, properties: [], ...rest, payload });
    }
    this.flush();
  }

  /** Changes the size of the terminal. */
  resize: (to: ScreenSize) => void = () => {};

  /** Sends the pending output of the broker. */
  flush: () => void = () => {};

  signal(name: Parameters<Io['onSignal']>[0]): void {
    for (const callback of [...(this.#listeners.get(name) ?? [])]) callback();
  }

  /** Lets everything happen that needs no time. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) {
      await settle();
      if (process.getActiveResourcesInfo().some((what) => what.startsWith('FSReq'))) turns = -1;
      while (this.#bug === undefined && this.clock.advance(this.clock.now())) turns = -1;
    }
    if (this.#bug !== undefined) throw this.#bug;
  }

  /** Lets this much time pass, or as much as necessary until the broker has received this packet. */
  async pass(time: Millis): Promise<void> {
    const until = this.clock.now() + time;
    for (await this.quiet(); this.status === undefined && this.clock.advance(until); await this.quiet());
    this.clock.runTo(until);
    await this.quiet();
  }

  /** Lets time pass until `condition` holds. Throws when it never does. */
  async until(condition: () => boolean, what = `${condition}`): Promise<this> {
    for (await this.quiet(); !condition(); await this.quiet()) {
      if (this.status !== undefined) throw new Error(`it ended before ${what}: ${JSON.stringify(this.outcome)}`);
      if (this.clock.now() > TOO_LONG || !this.clock.advance())
        throw new Error(`never: ${what}; ${JSON.stringify({ ...this.outcome, wire: this.wire })}`);
    }
    return this;
  }

  /** Lets time pass until the broker has received the `nth` packet of this type. */
  got(type: Packet['type'], nth = 1): Promise<this> {
    return this.until(
      () => this.server.packets.filter((packet) => packet.type === type).length >= nth,
      `${nth} ${type}`,
    );
  }

  /** Lets time pass until the program ends. */
  async finish(): Promise<Outcome> {
    await this.until(() => this.status !== undefined, 'its end');
    return this.outcome;
  }

  #end(status: number): void {
    this.status = status;
    this.endedAt = this.clock.now();
  }

  #io(argv: readonly string[], options: ProgramOptions): BrokerIo {
    const { env = {}, files = {}, terminals = [], random = () => 0.5, startChild, terminal } = options;
    const read = (path: string): Uint8Array | undefined => {
      const content = files[path];
      return typeof content === 'string' ? Buffer.from(content) : content;
    };
    return {
      argv,
      rawArgv: () => undefined,
      env,
      pid: 4711,
      stdin: () => this.stdin,
      stdout: this.stdout,
      stdoutIsClosed: () => options.closed === true,
      stderr: (text) => {
        this.stderr += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
      },
      files: {
        read: async (path) => {
          const bytes = read(path);
          if (bytes === undefined) throw new Failure('file', { code: 'ENOENT' });
          return bytes;
        },
        readNow: (path) => {
          const bytes = read(path);
          return bytes === undefined ? { reason: 'No such file or directory' } : { bytes };
        },
      },
      machine: async () => ({ ...systemMachine(), fs: { ...systemFiles, ...options.disk } }),
      isTerminal: (stream) => terminals.includes(stream),
      columns: () => 80,
      screen: (resized) => {
        this.resize = resized;
        return options.screen;
      },
      terminal: terminal ?? (async () => undefined),
      clock: this.clock,
      wallTime: () => ({ seconds: 1_800_000_000 + Math.floor(this.clock.now() / 1000), nanoseconds: 0 }),
      random,
      onSignal: (signal, callback) => {
        const listeners = this.#listeners.get(signal) ?? new Set();
        this.#listeners.set(signal, listeners.add(callback));
        return () => void listeners.delete(callback);
      },
      dialer: (target, context) => this.#dial(target, context, options.attempt),
      startChild,
    };
  }

  #dial(target: Target, context: DialContext, attempt: ProgramOptions['attempt'] = () => ({})): Dial {
    let link: LinkOptions = {};
    const toServer = dialTo(
      this.server,
      this.clock,
      () => link,
      (opened, flush) => {
        this.link = opened;
        this.flush = flush;
      },
    );
    return (handlers) => {
      this.targets.push(target);
      const meets = attempt(++this.attempts, target);
      if (meets === 'silent') return { opened: new Promise(() => {}), cancel: () => {} };
      if ('fails' in meets)
        return {
          opened: Promise.reject(typeof meets.fails === 'string' ? new Failure(meets.fails) : meets.fails),
          cancel: () => {},
        };
      if ('asks' in meets) {
        const asked = context.passphrase(meets.asks).then((phrase) => {
          meets.answered(phrase);
          if (phrase === undefined) throw new Failure('tls');
          return toServer(handlers).opened;
        });
        return { opened: asked, cancel: () => {} };
      }
      link = meets;
      return toServer(handlers);
    };
  }
}

const nameOf = (packet: Packet): string => (packet.type === 'publish' ? `publish${packet.qos}` : packet.type);
