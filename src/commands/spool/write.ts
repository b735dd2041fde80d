/** The subcommands of tsspool that add and remove messages, or copy them: drop, export, import. */
import type { SpoolPlan } from '../../cli/spool/parse.ts';
import { Failure } from '../../errors.ts';
import { valueBytes } from '../../mqtt/properties.ts';
import { jsonRenderer } from '../../output/json.ts';
import { OutputWriter } from '../../output/writer.ts';
import { wallMillis } from '../../runtime/clock.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { holderOf } from '../../runtime/lock-file.ts';
import type { Draft } from '../../spool/append.ts';
import { FILES } from '../../spool/folder.ts';
import type { Sender } from '../../spool/sender.ts';
import { Spool } from '../../spool/spool.ts';
import { hintLine, plural, shellQuoted } from '../../util/phrases.ts';
import { pauseOf } from '../broker/connection.ts';
import { Batches, LONGEST_JSON_LINE } from '../input/batches.ts';
import { AS_RECORDED, jsonRecords } from '../input/json-record.ts';
import { Run } from '../run.ts';
import { print, printFailure } from '../terminal/stdout.ts';
import { isSelected, jsonLine, spoolSystem, withinPacket } from './io.ts';
import { warnOfProblems } from './read.ts';

/** Milliseconds to wait for another process to finish sending. */
const PATIENCE = 5_000;
const PAUSE = 50;

export async function drop(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  const sender = await waitForSender(spool, io);
  const dropped: number[] = [];
  const kept: number[] = [];
  try {
    const now = wallMillis(io);
    for (const { id, qos } of [...spool.look().messages()].filter((one) => isSelected(one, plan, now))) {
      // The broker may hold its packet identifier, and would take another message with it for a repetition.
      if (qos === 2 && sender.isInFlight(id)) {
        kept.push(id);
        continue;
      }
      sender.settled(id, 'dropped');
      dropped.push(id);
    }
    sender.commit();
  } finally {
    await sender.close();
  }
  const missing = plan.ids.filter((id) => !dropped.includes(id) && !kept.includes(id));
  if (plan.json) await print(io, jsonLine({ folder: plan.folder, dropped, inflight: kept, missing }));
  else await print(io, `${plan.folder}: ${plural(dropped.length, 'message')} dropped\n`);
  for (const id of kept) io.stderr(`Error: Message ${id} cannot be dropped: its delivery at QoS 2 has begun\n`);
  if (kept.length > 0) io.stderr(hintLine(`Send it first: tspub --spool ${shellQuoted(plan.folder)} --flush.`));
  for (const id of missing) io.stderr(`Error: Message ${id} cannot be dropped: it is not in ${plan.folder}\n`);
  return kept.length + missing.length === 0 ? 0 : 1;
}

async function waitForSender(spool: Spool, io: DiskIo): Promise<Sender> {
  const { clock } = io;
  const until = clock.now() + PATIENCE;
  for (;;) {
    const sender = await spool.sender();
    if (sender !== undefined) return sender;
    if (clock.now() >= until) {
      const pid = holderOf(`${spool.folder}/${FILES.senderLock}`, io.fs);
      const who = pid === undefined ? 'another process' : `process ${pid}`;
      throw new Failure('file', {
        code: 'EAGAIN',
        message: `The spool ${spool.folder} is in use: ${who} is sending from it`,
        advice: 'Try again when that process has finished.',
      });
    }
    await new Promise<void>((resolve) => void clock.callAt(clock.now() + PAUSE, resolve));
  }
}

export async function exportLines(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  let broken: string | undefined;
  let proceed = (): void => {};
  const output = new OutputWriter(io.stdout, {
    written: () => {},
    room: () => proceed(),
    broken: (errno) => {
      broken = errno;
      proceed();
    },
  });
  const render = jsonRenderer(false, { pretty: false, newline: true, warn: () => {} });
  const look = spool.look();
  const now = wallMillis(io);
  const packetIds = new Map(look.flights.map(({ id, packetId }) => [id, packetId]));
  for (const message of look.messages()) {
    if (!isSelected(message, plan, now)) continue;
    const { acceptedAt, id, topic, payload, qos, retain, properties } = message;
    const seconds = Math.floor(acceptedAt / 1000);
    render(
      output,
      { type: 'publish', dup: false, packetId: packetIds.get(id) ?? 0, topic, payload, qos, retain, properties },
      { seconds, nanoseconds: (acceptedAt - seconds * 1000) * 1e6 },
    );
    output.text('\n');
    if (!output.isFull) continue;
    const room = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    output.flush();
    await room;
    if (broken !== undefined) break;
  }
  await output.finished();
  if (broken !== undefined) throw printFailure(broken);
  warnOfProblems(look, plan.folder, io);
  return 0;
}

/** Bytes imported together, all or none; they are also in memory together when they are sent. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Checks all input before storing the first message, so that the user can correct a mistake and try again. When the
 * import has several parts, a signal ends it between two of them, and a warning gives the line at which to resume.
 */
export async function importLines(
  plan: SpoolPlan,
  io: DiskIo,
  open = (make: boolean, interrupted: () => boolean): Spool =>
    new Spool(plan.folder, { ...spoolSystem(io), interrupted }, { make }),
): Promise<number> {
  const run = new Run({ quiet: false }, io);
  const interrupted = (): boolean => run.signalStatus !== 0;
  // Reports an unusable spool before reading the input. A new spool is created only after the input proves valid.
  ifThere(() => open(false, interrupted));
  const drafts = await readDrafts(io);
  const spool = open(true, interrupted);
  const parts = partsOf(drafts);
  let count = 0;
  if (parts.length > 1) run.onSignal();
  try {
    for (const part of parts) {
      const { ids } = await spool.acceptWhole(part.map(({ draft }) => draft));
      count += ids.length;
      // Lets a signal that arrived in the meantime take effect.
      await new Promise<void>(pauseOf(io.clock));
      if (interrupted() && count < drafts.length) break;
    }
  } catch (error) {
    if (Failure.of(error).code !== 'EINTR') throw error;
  } finally {
    if (count > 0 && count < drafts.length) {
      const next = drafts[count - 1]!.line + 1;
      io.stderr(
        `Warning: The import is incomplete: ${count} of ${plural(drafts.length, 'message')}\n${hintLine(`Import the rest, from line ${next} on.`)}`,
      );
    }
  }
  if (count < drafts.length) return run.signalStatus;
  if (plan.json) await print(io, jsonLine({ folder: plan.folder, imported: count }));
  else await print(io, `${plan.folder}: ${plural(count, 'message')} imported\n`);
  return 0;
}

function ifThere(look: () => void): void {
  try {
    look();
  } catch (error) {
    if (Failure.of(error).code !== 'ENOENT') throw error;
  }
}

interface Numbered {
  readonly draft: Draft;
  readonly line: number;
}

/** Most bytes that an import holds in memory. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** Bytes of a message besides its payload and texts. */
const DRAFT_BYTES = 500;

/** Approximate bytes in memory. */
function sizeOf({ topic, payload, properties }: Draft): number {
  let size = DRAFT_BYTES + payload.length + topic.length;
  for (const { value } of properties) size += DRAFT_BYTES + valueBytes(value);
  return size;
}

function partsOf(drafts: readonly Numbered[]): Numbered[][] {
  const parts: Numbered[][] = [[]];
  let bytes = 0;
  for (const each of drafts) {
    const size = sizeOf(each.draft);
    if (bytes > 0 && bytes + size > PART_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    bytes += size;
    parts.at(-1)!.push(each);
  }
  return parts;
}

async function readDrafts(io: DiskIo): Promise<Numbered[]> {
  const drafts: Numbered[] = [];
  let number = 0;
  let bytes = 0;
  const read = jsonRecords(
    AS_RECORDED,
    (problem) => new Failure('invalid-input', { message: `Line ${number} cannot be imported: ${problem}` }),
  );
  const take = (line: Uint8Array): void => {
    number++;
    const message = read(line);
    if (message === undefined) return;
    const { recorded, ...draft } = message;
    withinPacket(draft);
    bytes += sizeOf(draft);
    if (bytes > MOST_BYTES)
      throw new Failure('invalid-input', {
        message: `Line ${number} cannot be imported: the lines before it already fill ${MOST_BYTES} bytes of memory`,
        advice: 'Import the lines in parts (see split -l).',
      });
    drafts.push({
      draft: recorded === undefined ? draft : { ...draft, acceptedAt: Math.max(0, recorded) },
      line: number,
    });
  };
  for await (const lines of new Batches(io.stdin, LONGEST_JSON_LINE)) for (const line of lines) take(line);
  return drafts;
}
