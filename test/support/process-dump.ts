// What a program is doing when its test fails, for rare faults on other machines.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Most characters of a program's output to report. */
const MOST_CHARACTERS = 4_000;

export const lastOf = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `(${text.length - MOST_CHARACTERS} before) ${text.slice(-MOST_CHARACTERS)}`;

/** What each of its threads waits for, and the state of its sockets; for an ended process, how it ended. */
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
