// Detects that a program has handled all its input, for tests that would otherwise have to guess a time.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY = 20;
/** Number of consecutive equal observations. */
const ENOUGH = 3;
/** Milliseconds to wait on a system without /proc. */
const BLIND = 1_000;

/**
 * Resolves once every thread of this process sleeps, none of them has run since the last observations, and no signal is
 * pending. Then all earlier signals, input and packets are handled, and only a new event, or a timer, can wake it. A
 * process that waits for a busy processor does not sleep, so this takes as long there as necessary. Also resolves when
 * the process has ended.
 */
export async function idle(pid: number | undefined): Promise<void> {
  if (process.platform !== 'linux' || pid === undefined) return sleep(BLIND);
  let before = '';
  for (let same = 0; same < ENOUGH; await sleep(LOOK_EVERY)) {
    const now = threadsOf(pid);
    if (now === '' || now.startsWith('Z')) return;
    same = now === before && /^(S,0+,0+,\d+,\d+\n)+$/.test(now) ? same + 1 : 0;
    before = now;
  }
}

const MEMBERS = ['State', 'SigPnd', 'ShdPnd', 'voluntary_ctxt_switches', 'nonvoluntary_ctxt_switches'];

/** A line for each thread, the first one first: its state, pending signals of it and the process, its context switches. */
function threadsOf(pid: number): string {
  const folder = `/proc/${pid}/task`;
  return listed(folder)
    .map((thread) => {
      const status = read(`${folder}/${thread}/status`);
      return `${MEMBERS.map((name) => new RegExp(`^${name}:\\s+(\\w+)`, 'm').exec(status)?.[1]).join(',')}\n`;
    })
    .join('');
}

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** An empty text for a thread that has just ended. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
