/** What tspub needs before it connects: the reader of its input, and the file for what is not delivered. */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { say, tellFailure } from '../broker/connection.ts';
import { LONGEST_JSON_LINE, LONGEST_LINE } from '../input/line-limit.ts';
import { recordReader } from '../input/records.ts';
import type { Feed, FeedOptions } from './record-stream.ts';
import { takenLine } from './taken.ts';
import type { UnsentFile } from './unsent.ts';

/** What a Feed is made of. */
export type Feeding = Pick<FeedOptions, 'read' | 'longest' | 'pacer'>;

/** What is not asked for is not loaded. */
export async function feedingOf(plan: PubPlan, io: Io): Promise<Feeding> {
  const read = await recordReader(plan);
  const longest = plan.records?.kind === 'json' ? LONGEST_JSON_LINE : LONGEST_LINE;
  if (plan.records?.kind !== 'json' || plan.records.speed === undefined) return { read, longest };
  const { Pacer } = await import('./replay.ts');
  return { read, longest, pacer: new Pacer(plan.records.speed, io.clock) };
}

/** How records of standard input are fed again. */
const FEEDS = { payloads: '-l', topics: '-l --topic-from-line', json: '--json-lines' } as const;

/** Loaded only when it is asked for, like the files it writes. `payload` is the one message; undefined with records. */
export async function unsentFile(
  path: string,
  plan: PubPlan,
  payload: Uint8Array | undefined,
  io: Io,
): Promise<UnsentFile> {
  const [{ UnsentFile, formFor }, { systemFiles }] = await Promise.all([
    import('./unsent.ts'),
    import('../../runtime/files.ts'),
  ]);
  const form = payload !== undefined ? formFor(payload) : plan.nul ? 'nul' : 'lines';
  const feed = payload === undefined ? FEEDS[plan.records?.kind ?? 'payloads'] : '-l';
  const file = new UnsentFile(path, form, systemFiles, feed);
  if (file.warning !== undefined) say(`${file.warning}\n`, plan, io);
  return file;
}

/**
 * Puts into the file what was read and never sent, and tells what that was, and what is in no place. `stopped`: a second
 * signal does not wait for a long file. Returns the exit status of what went wrong, 0 when nothing did.
 */
export async function keepRest(
  unsent: UnsentFile,
  feed: Feed | undefined,
  stopped: Promise<void>,
  plan: PubPlan,
  io: Io,
): Promise<number> {
  let status = 0;
  const unreadable = (error: unknown): void => {
    if (!(error instanceof Failure)) throw error;
    status = tellFailure(error, plan, io);
  };
  if (feed !== undefined) await Promise.race([feed.keepRest().catch(unreadable), stopped]);
  feed?.close();
  const told = unsent.finish();
  if (told !== undefined) say(`${told.text}\n`, plan, io);
  if (feed?.taken !== undefined) say(takenLine(feed.taken, plan.nul), plan, io);
  return told?.complete === false ? FAILURES.file.status : status;
}
