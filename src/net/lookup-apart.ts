/**
 * How a name lookup of the system runs in its own process, which can be killed. Loaded when the DNS servers do not
 * answer at once, or when the lookup may use other sources.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { onAbort } from '../util/on-abort.ts';

export interface LookupOptions {
  /** 0: any. */
  readonly family: number;
  readonly hints?: number;
  readonly order: 'ipv4first' | 'ipv6first' | 'verbatim';
  readonly all: true;
}

/** Looks up in a separate process. Resolves with undefined if none can be started; never settles after `giveUp`. */
export type LookUpApart = (
  host: string,
  options: LookupOptions,
  giveUp: AbortSignal,
) => Promise<readonly LookupAddress[] | undefined>;

/** The process lives while its standard input is open; the system closes that when this process is killed. */
const SCRIPT = `
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
const { host, options } = JSON.parse(process.argv[1]);
require('node:dns').lookup(host, options, (error, found) => {
  const { message, code, errno, syscall } = error ?? {};
  const answer = error ? { error: { code, errno, syscall, hostname: host }, message } : { found };
  process.stdout.write(JSON.stringify(answer) + '\\n');
});`;

/** The environment variables to pass on: those that the C library and its loader read. Passwords are not passed. */
const PASSED = /^(?:RES_OPTIONS|LOCALDOMAIN|HOSTALIASES|LD_.*|DYLD_.*|PATH|SystemRoot)$/i;

/** See LookUpApart; also resolves with undefined if the process fails. */
export const lookUpApart: LookUpApart = (host, options, giveUp) =>
  new Promise((resolve, reject) => {
    if (giveUp.aborted) return;
    let child: ChildProcess;
    try {
      child = spawn(process.execPath, ['-e', SCRIPT, JSON.stringify({ host, options })], {
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
        stdio: ['pipe', 'pipe', 'ignore'],
        // Ctrl-C should reach only the program, which may still have work to do.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } catch {
      return resolve(undefined);
    }
    let text = '';
    const end = (): void => {
      forget();
      child.kill('SIGKILL');
    };
    const forget = onAbort(giveUp, () => {
      child.removeAllListeners('close');
      end();
    });
    child.on('error', () => resolve(undefined));
    child.stdin?.on('error', () => {});
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.endsWith('\n')) end();
    });
    child.on('close', () => {
      forget();
      const answer = answerIn(text);
      if (answer?.error === undefined) resolve(answer?.found);
      else reject(Object.assign(new Error(answer.message), answer.error));
    });
  });

interface ChildAnswer {
  readonly found?: readonly LookupAddress[];
  readonly error?: object;
  readonly message?: string;
}

function answerIn(text: string): ChildAnswer | undefined {
  return text.endsWith('\n') ? JSON.parse(text) : undefined;
}
