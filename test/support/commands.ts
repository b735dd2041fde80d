// Commands that a test has a program start, and that may outlive the program.
import { readdirSync, readFileSync } from 'node:fs';
import { cleanUp } from './cleanup.ts';

/** Of a process, by what stands in proc(5) behind its name: state, parent, group. */
const groupOf = (pid: string): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[2],
  );

/**
 * When the test has ended, ends the commands that have this text, a folder of the test's, in their words: each is a process
 * group of its own. Linux only.
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
        // It has ended.
      }
    }
  });
}
