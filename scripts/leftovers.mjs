// What a run of the tests has left behind: processes, which its mark in the environment shows, and what is in its folder
// for temporary files. Processes are found on Linux only.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable that everything inherits that a run starts. */
export const MARK = 'TEST_RUN_FOLDER';

/** A process that ends by itself has so long for that, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Processes with this mark, but this one.
 * @param {string} folder
 */
function processesOf(folder) {
  const wanted = `${MARK}=${folder}`;
  return numbersOf('/proc').flatMap((pid) => {
    try {
      if (pid === process.pid || !readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted))
        return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      // A process that has ended and that nobody has waited for has none.
      return command === '' ? [] : [{ pid, command, cwd: readlinkSync(`/proc/${pid}/cwd`) }];
    } catch {
      return []; // It has ended, or is not ours.
    }
  });
}

/**
 * Waits until they have ended, and ends by force those that have not: those are returned.
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
      // It has ended meanwhile.
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
    return []; // no Linux
  }
}
