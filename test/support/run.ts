// Starts our programs, or any other, as a shell does, in an environment without any settings of the machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { cleanUp, cleanUpAtExit } from './cleanup.ts';
import { lastOf, whatItDoes } from './process-dump.ts';
import { root } from './root.ts';

/** The options for a port on this machine. */
export const at = (port: number): string[] => ['-h', '127.0.0.1', '-p', `${port}`];

const OURS = new Set(['tspub', 'tssub', 'tsrr', 'tspasswd', 'tsspool', 'tscheck']);

export interface RunOptions {
  /** What to send to its standard input; null: started with it closed; absent: empty. */
  stdin?: string | Uint8Array | null;
  /** Added to childEnv(); undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** run() only. */
  timeoutMs?: number;
  cwd?: string;
}

export interface StartOptions extends Omit<RunOptions, 'timeoutMs'> {
  /** Leaves standard input open, for `child.stdin`, after `stdin` (if any) has been written. */
  keepStdinOpen?: boolean;
  /** Leaves standard output to the caller, which reads it from `child.stdout` at any time. */
  leaveStdout?: boolean;
}

export interface RunResult {
  /** As a shell reports it: 128 plus the number of the signal, if a signal has ended the program. */
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  argv: string[];
  stdout(): string;
  stdoutBytes(): Buffer;
  stderr(): string;
  /** Resolves with the text so far once it matches; rejects when the program ends, or the time is over, before that. */
  waitForStdout(wanted: Wanted, timeoutMs?: number): Promise<string>;
  waitForStderr(wanted: Wanted, timeoutMs?: number): Promise<string>;
  /** Sends the signal (SIGTERM) and returns `exited`. */
  kill(signal?: NodeJS.Signals): Promise<RunResult>;
  exited: Promise<RunResult>;
}

type Wanted = string | RegExp | ((text: string) => boolean);

/** The environment of every child: without settings of the user or the machine. */
export function childEnv(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env)) {
    if (
      /^(NODE_(EXTRA_CA_CERTS|OPTIONS)|TSMOSQ_.*|VITEST.*|NO_COLOR|FORCE_COLOR|LANG|LC_.*|SSL_CERT_.*|.*_PROXY)$/i.test(
        name,
      )
    ) {
      delete env[name];
    }
  }
  Object.assign(env, { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent/.config', TZ: 'UTC', LC_ALL: 'C.UTF-8' });
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** The directory of the single executables, when they are tested: `npm run test:standalone`. */
export const standalone = process.env['TSMOSQ_TEST_STANDALONE'];

/** The command for a program: ours with this Node from bin/, or its single executable; any other unchanged. */
export function commandLine(program: string, args: readonly string[]): [string, ...string[]] {
  if (standalone !== undefined && OURS.has(program)) return [join(standalone, program), ...args];
  return OURS.has(program) ? [process.execPath, join(root, 'bin', `${program}.js`), ...args] : [program, ...args];
}

/** Runs a program to its end. Throws only if the program cannot be started, or exceeds its time. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 50_000, ...rest } = options;
  const running = start(program, args, rest);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      running.child.kill('SIGKILL');
      reject(new Error(`still running after ${timeoutMs} ms: ${describeState(running)}`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([running.exited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a program that runs until it is killed, at the latest when the test ends. */
export function start(program: string, args: readonly string[], options: StartOptions = {}): Running {
  const running = launch(program, args, options);
  cleanUp(async (failed) => {
    if (failed) console.log(`when the test failed: ${describeState(running)}\n${whatItDoes(running.child)}`);
    running.child.kill('SIGKILL');
    await running.exited.catch(() => {});
  });
  return running;
}

/** start() for a caller that ends the program itself. */
export function launch(program: string, args: readonly string[], options: StartOptions = {}): Running {
  const argv = commandLine(program, args);
  // spawn() cannot leave a descriptor closed; a shell can.
  const [file, ...rest] = options.stdin === null ? ['/bin/sh', '-c', 'exec "$@" <&-', 'sh', ...argv] : argv;
  const wantsStdin = options.keepStdinOpen || typeof options.stdin === 'string' || options.stdin instanceof Uint8Array;
  const child = spawn(file, rest, {
    cwd: options.cwd,
    env: childEnv(options.env),
    stdio: [wantsStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });

  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const collect = (stream: NodeJS.ReadableStream | null, chunks: Buffer[]) =>
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      notify();
    });
  if (!options.leaveStdout) collect(child.stdout, out);
  collect(child.stderr, err);

  let ended = false;
  let startError: Error | undefined;
  const exited = new Promise<RunResult>((resolve, reject) => {
    child.once('error', (error) => {
      startError = new Error(`cannot start ${argv.join(' ')}: ${error.message}`);
      ended = true;
      notify();
      reject(startError);
    });
    child.once('close', (status, signal) => {
      ended = true;
      notify();
      const reported = signal === null ? status : 128 + constants.signals[signal];
      resolve({ status: reported, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
  });
  exited.catch(() => {}); // the rejection reaches each caller that awaits it

  child.stdin?.on('error', () => {}); // a program need not read all its input
  if (options.stdin) child.stdin?.write(options.stdin);
  if (!options.keepStdinOpen) child.stdin?.end();

  const running: Running = {
    child,
    argv,
    stdout: () => Buffer.concat(out).toString(),
    stdoutBytes: () => Buffer.concat(out),
    stderr: () => Buffer.concat(err).toString(),
    waitForStdout: (wanted, timeoutMs) => waitFor('stdout', wanted, timeoutMs),
    waitForStderr: (wanted, timeoutMs) => waitFor('stderr', wanted, timeoutMs),
    kill(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
    exited,
  };

  function waitFor(stream: 'stdout' | 'stderr', wanted: Wanted, timeoutMs = 40_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const finish = (problem?: string) => {
        watchers.delete(look);
        clearTimeout(timer);
        if (problem === undefined) resolve(running[stream]());
        else
          reject(startError ?? new Error(`${problem} before its ${stream} had ${wanted}: ${describeState(running)}`));
      };
      const look = () => {
        if (matches(wanted, running[stream]())) finish();
        else if (ended) finish('ended');
      };
      const timer = setTimeout(() => finish(`${timeoutMs} ms passed`), timeoutMs);
      watchers.add(look);
      look();
    });
  }

  child.once(
    'close',
    cleanUpAtExit(() => void child.kill('SIGKILL')),
  );
  return running;
}

function matches(wanted: Wanted, text: string): boolean {
  if (typeof wanted === 'string') return text.includes(wanted);
  return typeof wanted === 'function' ? wanted(text) : text.search(wanted) >= 0;
}

function describeState(running: Running): string {
  const [stdout, stderr] = [running.stdout(), running.stderr()].map(lastOf);
  return `${JSON.stringify(running.argv)}\n--- stdout\n${stdout}\n--- stderr\n${stderr}\n---`;
}
