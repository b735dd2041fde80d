// Ends commands that a program under test starts, and that may outlive the program.
import { readdirSync, readFileSync } from 'node:fs';
import { cleanUp } from './cleanup.ts';

/** State, parent and group of a process: the fields after its name in proc(5). */
const groupOf = (pid: string): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[2],
  );

/**
 * After the test, ends the commands whose words contain this text, such as a directory of the test: each is a process
 * group. Linux only.
 */
export function endCommandsNaming(text: string): void {
  cleanUp(() => {
    const own = groupOf('self');
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)) continue;
        const group = groupOf(pid);
        if (group > 1 && group !== own) process.kill(-group, 'SIGKILL');
      } catch {
        // The process has ended.
      }
    }
  });
}
