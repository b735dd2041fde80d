/** Encodes a commit of the journal as the body of a record, and decodes it: a head, then entries of one length. */
import { MOST_ID } from './folder.ts';
import { type JournalEntry, type Ledger, OUTCOMES, type Outcome } from './ledger.ts';

/** The head of a commit. */
export interface CommitHead {
  /** Total number of settled messages. */
  readonly total: number;
  /** Every message with a lower identifier is settled. */
  readonly base: number;
  /** The highest identifier mentioned. */
  readonly highest: number;
}

type Type = JournalEntry['type'];
type NumbersOf<T extends Type> = readonly Exclude<keyof Extract<JournalEntry, { type: T }>, 'type' | 'outcome'>[];

/** The numbers of an entry, at most two. On disk, its type is the index of the row, so add new rows at the end. */
const NUMBERS: { readonly [T in Type]: NumbersOf<T> } = {
  base: ['base', 'total'],
  settled: ['from', 'to'],
  sending: ['id', 'packetId'],
  released: ['packetId'],
  restarted: [],
  forgotten: [],
  counter: ['packetId'],
  returned: ['id'],
  // Older versions do not know this type, and skip it.
  seen: ['id'],
};
const TYPES = Object.keys(NUMBERS) as Type[];
const OUTCOME_NAMES = Object.keys(OUTCOMES) as Outcome[];

const HEAD_BYTES = 18;
/** Bytes: a type, two numbers of six bytes each, and an outcome. */
export const ENTRY_BYTES = 14;
/** Packet identifiers have two bytes and are not 0 [MQTT-2.2.1-2]. */
const MAX_PACKET_ID = 0xffff;

export function encodeCommit(ledger: Ledger, entries: readonly JournalEntry[]): Buffer {
  const body = Buffer.alloc(HEAD_BYTES + entries.length * ENTRY_BYTES);
  let at = body.writeUIntLE(ledger.total, 0, 6);
  at = body.writeUIntLE(ledger.base, at, 6);
  at = body.writeUIntLE(ledger.highest, at, 6);
  for (const entry of entries) {
    at = body.writeUInt8(TYPES.indexOf(entry.type), at);
    at = body.writeUIntLE(numberOf(entry, 0), at, 6);
    at = body.writeUIntLE(numberOf(entry, 1), at, 6);
    at = body.writeUInt8(entry.type === 'settled' ? OUTCOMES[entry.outcome] : 0, at);
  }
  return body;
}

/** The first or the second number; 0 when the entry has none. */
function numberOf(entry: JournalEntry, i: 0 | 1): number {
  const name = NUMBERS[entry.type][i];
  return name === undefined ? 0 : (entry as unknown as Readonly<Record<string, number>>)[name]!;
}

export function* entriesOf(body: Buffer): Generator<JournalEntry> {
  for (let at = HEAD_BYTES; at + ENTRY_BYTES <= body.length; at += ENTRY_BYTES) {
    const type = TYPES[body[at]!];
    if (type === undefined) continue;
    const entry: Record<string, unknown> = { type };
    for (const [i, name] of NUMBERS[type].entries()) entry[name] = body.readUIntLE(at + 1 + 6 * i, 6);
    if (type === 'settled')
      entry['outcome'] = OUTCOME_NAMES.find((name) => OUTCOMES[name] === body[at + 13]) ?? 'delivered';
    yield entry as JournalEntry;
  }
}

/** Whether this can be a commit: an intact record may hold content that none of our versions would write. */
export function isCommit(body: Buffer): boolean {
  if (headOf(body) === undefined || (body.length - HEAD_BYTES) % ENTRY_BYTES !== 0) return false;
  for (const entry of entriesOf(body)) {
    if (entry.type === 'counter' && entry.packetId > MAX_PACKET_ID) return false;
    if (entry.type === 'sending' && (entry.packetId < 1 || entry.packetId > MAX_PACKET_ID)) return false;
    if (Math.max(numberOf(entry, 0), numberOf(entry, 1)) > MOST_ID) return false;
  }
  return true;
}

/** Returns undefined for a head that none of our versions would write. */
export function headOf(body: Buffer): CommitHead | undefined {
  if (body.length < HEAD_BYTES) return undefined;
  const [total, base, highest] = [body.readUIntLE(0, 6), body.readUIntLE(6, 6), body.readUIntLE(12, 6)];
  return Math.max(total, base, highest) > MOST_ID ? undefined : { total, base, highest };
}
