// Programs whose standard input or output is a named pipe, with a shell to connect them as a user's would.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { commandLine, type Running, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

export function makeFifo(): string {
  const path = join(tempDir(), 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Starts a program by way of the shell: `script` says how, and has it as "$@". */
export const startInShell = (script: string, program: string, args: readonly string[]): Running =>
  start('/bin/sh', ['-c', script, 'sh', ...commandLine(program, args)]);
