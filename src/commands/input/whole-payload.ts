/** Where the bytes of the single message of `-m`, `-n`, `-f` or `-s` are read from, and whether they fit into a packet. */
import type { PayloadSource } from '../../cli/values/payload-source.ts';
import { Failure } from '../../errors.ts';
import { publishLength } from '../../mqtt/packets/publish.ts';
import type { Properties } from '../../mqtt/properties.ts';
import { MAX_REMAINING_LENGTH, type ProtocolVersion, type QoS } from '../../mqtt/types.ts';
import { TOO_LONG } from '../../runtime/bounded.ts';
import type { Io, Source } from '../../runtime/io.ts';
import { reasonOf } from '../../util/errno.ts';
import { Gathered } from '../../util/gathered.ts';
import { hintLine } from '../../util/phrases.ts';

/** The message around a payload. */
interface Envelope {
  readonly topic: string;
  readonly qos: QoS;
  readonly properties: Properties;
  readonly session: { readonly version: ProtocolVersion };
}

/**
 * Reads the single message of a source and checks that it fits into a packet. Rejects with a Failure in Mosquitto's
 * words, of one or several lines.
 */
export async function wholePayload(
  source: Exclude<PayloadSource, { kind: 'lines' }>,
  envelope: Envelope,
  io: Io,
): Promise<Uint8Array> {
  const payload = await readWhole(source, io);
  const { session, ...message } = envelope;
  if (publishLength({ ...message, payload }, session.version) <= MAX_REMAINING_LENGTH) return payload;
  const place = source.kind === 'file' ? `input file "${source.path}"` : 'input from stdin';
  throw tooLong('Message with its topic and properties', place);
}

async function readWhole(source: Exclude<PayloadSource, { kind: 'lines' }>, io: Io): Promise<Uint8Array> {
  switch (source.kind) {
    case 'bytes':
      return source.payload;
    case 'file':
      return readFile(source.path, io);
    case 'stdin': {
      const payload = await readAll(io.stdin(), MAX_REMAINING_LENGTH);
      if (payload === undefined) throw tooLong('Message length', 'input from stdin');
      if (payload.length === 0) throw inputFailure('Zero length input.', 'input from stdin');
      return payload;
    }
  }
}

async function readFile(path: string, io: Io): Promise<Uint8Array> {
  try {
    return await io.files.read(path, MAX_REMAINING_LENGTH);
  } catch (error) {
    const { code = '' } = Failure.of(error);
    if (code === TOO_LONG) throw tooLong('File', `input file "${path}"`);
    throw inputFailure(`Unable to read file "${path}": ${reasonOf(code)}.`, `input file "${path}"`);
  }
}

/** Reads everything; resolves with undefined, and leaves the rest unread, when there are more than `most` bytes. */
export async function readAll(source: Source, most: number): Promise<Buffer | undefined> {
  const gathered = new Gathered(most, source.size);
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
    gathered.add(chunk);
    if (!gathered.isOver) continue;
    source.close();
    return undefined;
  }
  return gathered.bytes();
}

const tooLong = (what: string, place: string): Failure =>
  inputFailure(
    `${what} must be less than ${MAX_REMAINING_LENGTH} bytes.`,
    place,
    `\n${hintLine('Send it in parts.').trimEnd()}`,
  );

function inputFailure(problem: string, place: string, more = ''): Failure {
  return new Failure('file', { message: `${problem}\nError loading ${place}.${more}` });
}
