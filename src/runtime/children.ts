/**
 * How commands of the user are run: each in a process group of its own, so that a signal reaches every process that it
 * started. Loaded when there is a command to run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { kill } from 'node:process';

const SHELL = '/bin/sh';

export interface ChildRequest {
  /** Exactly the user's text; the shell parses it. */
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** The standard input of the command, which need not read it. */
  readonly stdin: Uint8Array;
}

export interface ChildEvents {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /** The command has ended; undefined: with exit status 0, otherwise the problem. Processes that it started may still run. */
  exited(problem: string | undefined): void;
  /** The last call: no process holds the output any more. Without `exited` before it, the command never started. */
  closed(problem: string | undefined): void;
}

export interface Child {
  /** Signals the whole group while any of its processes may be alive. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Stops or resumes reading the command's standard output. */
  setReading(reading: boolean): void;
}

/** Never throws; the events follow later. */
export type StartChild = (request: ChildRequest, events: ChildEvents) => Child;

/** The Child of a command that did not start. */
const NO_CHILD: Child = { signal: () => {}, setReading: () => {} };

export const startSystemChild: StartChild = ({ command, env, stdin }, events) => {
  let child: ChildProcess;
  try {
    child = spawn(SHELL, ['-c', command], { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    setImmediate(() => events.closed(notStarted(error)));
    return NO_CHILD;
  }
  if (child.pid === undefined) {
    child.once('error', (error) => events.closed(notStarted(error)));
    return NO_CHILD;
  }
  const { pid } = child;
  let problem: string | undefined;
  let closed = false;
  child.stdout!.on('data', (bytes: Buffer) => events.stdout(bytes));
  child.stderr!.on('data', (bytes: Buffer) => events.stderr(bytes));
  for (const stream of child.stdio) stream?.on('error', () => {});
  child.stdin!.end(stdin);
  child.once('error', () => {});
  child.once('exit', (status, signal) => {
    problem = signal === null ? (status === 0 ? undefined : `exit status ${status}`) : `killed by ${signal}`;
    events.exited(problem);
  });
  child.once('close', () => {
    closed = true;
    events.closed(problem);
  });
  return {
    signal: (name) => {
      if (closed) return;
      try {
        kill(-pid, name);
      } catch {
        // The last process of the group has just ended.
      }
    },
    setReading: (reading) => void (reading ? child.stdout!.resume() : child.stdout!.pause()),
  };
};

function notStarted(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return `it could not be started: ${code ?? String(error)}`;
}
