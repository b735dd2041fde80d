// What a program is about when a test fails with it: for faults that come once in a thousand runs, on another machine.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** So much of what a program wrote is worth telling. */
const TOLD = 4_000;

export const lastOf = (text: string): string =>
  text.length <= TOLD ? text : `(${text.length - TOLD} before) ${text.slice(-TOLD)}`;

/** What each of its threads waits for, and what stands in its sockets; for one that has ended, how it ended. */
export function whatItDoes(child: ChildProcess | undefined): string {
  if (child?.pid === undefined) return 'not started';
  const { pid, exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) return `process ${pid} has ended: ${exitCode ?? signalCode}`;
  return [`process ${pid} is running:`, ...threadsOf(pid), ...socketsOf(pid)].join('\n');
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [name, state, wchan] = ['comm', 'stat', 'wchan'].map((file) =>
        readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'latin1').trim(),
      );
      return `  ${name} ${/\) (\w)/.exec(state!)?.[1]} ${wchan}`;
    });
  } catch {
    return [];
  }
}

function socketsOf(pid: number): string[] {
  try {
    const lines = execFileSync('ss', ['-anpmo'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
    return lines.flatMap((line, i) => (line.includes(`pid=${pid},`) ? [`  ${line}`, `  ${lines[i + 1]}`] : []));
  } catch {
    return [];
  }
}
