// Finds what a run of the tests has left behind: processes, by a mark in their environment, and files in the directory
// for temporary files. Processes are found only on Linux.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable that all processes started by a run inherit. */
export const MARK = 'TEST_RUN_FOLDER';

/** Milliseconds for a process to end by itself. */
const PATIENCE_MS = 5000;

/**
 * The processes with this mark, except this one.
 * @param {string} folder
 */
function processesOf(folder) {
  const wanted = `${MARK}=${folder}`;
  return numbersOf('/proc').flatMap((pid) => {
    try {
      if (pid === process.pid || !readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted))
        return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      // An ended process that its parent has not waited for has no command line.
      return command === '' ? [] : [{ pid, command, cwd: readlinkSync(`/proc/${pid}/cwd`) }];
    } catch {
      return []; // The process has ended, or belongs to another user.
    }
  });
}

/**
 * Waits until the processes have ended, then kills and returns the remaining ones.
 * @param {string} folder
 */
export async function endProcessesOf(folder) {
  const until = Date.now() + PATIENCE_MS;
  while (processesOf(folder).length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  const left = processesOf(folder);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has ended in the meantime.
    }
  }
  return left;
}

/** @param {string} folder */
function numbersOf(folder) {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return []; // the system is not Linux
  }
}
