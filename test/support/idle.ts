// When a program has dealt with all that it was given: for tests that would otherwise have to guess a time.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY = 20;
/** So many looks that see the same. */
const ENOUGH = 3;
/** Where the system does not tell (it has no /proc) there is only a time. */
const BLIND = 1_000;

/**
 * Resolves once every thread of this process sleeps, none of them has run since the looks before, and no signal waits for
 * it: signals, input and packets that had come are handled, and only something new, or a timer, can wake it. A process
 * that a busy machine keeps from running does not sleep, so this takes as long there as it must. Also resolves when the
 * process has ended.
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

/** A line for each thread, the first one first: its state, signals that wait for it or for the process, its switches. */
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

/** Nothing for a thread that has just ended. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
