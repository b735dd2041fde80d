/** Shows the progress of long work on the last line of a terminal: nothing in the first second, and nothing after the end. */

import type { PubPlan } from '../../cli/plan/types.ts';
import type { Io } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';

/** Work that ends sooner shows no progress. */
const FIRST: Millis = 1000;
const EVERY: Millis = 250;

export interface WorkProgress {
  /** Number of items done, such as `sent`. */
  readonly done: number;
  readonly what: string;
  readonly acknowledged?: number | undefined;
  /** Total number of items, when known. */
  readonly total?: number | undefined;
  /** Share of the input that is used, 0 to 1, when known. */
  readonly share?: number | undefined;
  /** Bytes of a single large message, instead of counts and rate. */
  readonly bytes?: number | undefined;
}

/** Reads the state at intervals. Returns the function that ends this. Shows nothing without a terminal. */
export function showProgress(
  io: Pick<Io, 'statusLine' | 'clock'>,
  quiet: boolean,
  state: () => WorkProgress | undefined,
): () => void {
  const line = io.statusLine;
  if (line === undefined || quiet) return () => {};
  const start = io.clock.now();
  let cancel = io.clock.callAt(start + FIRST, tick);
  function tick(): void {
    const now = io.clock.now();
    const progress = state();
    if (progress !== undefined) line?.show(progressText(progress, now - start));
    cancel = io.clock.callAt(now + EVERY, tick);
  }
  return () => {
    cancel();
    line.erase();
  };
}

/** As showProgress(), for tspub: shows nothing with `-d`, or when the user types the input. */
export function showSending(
  { quiet, debug, source }: PubPlan,
  io: Pick<Io, 'statusLine' | 'clock' | 'isTerminal'>,
  state: () => WorkProgress | undefined,
): () => void {
  return showProgress(io, quiet || debug || (source.kind === 'lines' && io.isTerminal(0)), state);
}

export function progressText(progress: WorkProgress, elapsed: Millis): string {
  const { done, what, acknowledged, total, share, bytes } = progress;
  const seconds = elapsed / 1000;
  if (bytes !== undefined) return `${sizeText(bytes)} on the way for ${timeText(seconds)}`;
  const part = total === undefined ? share : total === 0 ? 1 : done / total;
  return [
    `${count(done)}${total === undefined ? '' : ` of ${count(total)}`} ${what}`,
    ...(acknowledged === undefined ? [] : [`${count(acknowledged)} acknowledged`]),
    `${count(Math.round(done / seconds))}/s`,
    ...(part === undefined || part <= 0
      ? []
      : [`${Math.floor(Math.min(part, 1) * 100)} %`, `${timeText((seconds / part) * Math.max(0, 1 - part))} left`]),
  ].join(', ');
}

const count = (number: number): string => number.toLocaleString('en-US');

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${count(Math.ceil(bytes / 1024))} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Text such as `2 min 3 s`, rounded up. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
