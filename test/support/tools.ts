/**
 * Runs tspasswd and tsspool in memory: the test provides their streams and their terminal. The files are real, and so
 * is the time, because neither program waits for it.
 */
import { GRAMMAR as PASSWD, readPasswdWords } from '../../src/cli/passwd/parse.ts';
import { readSpoolWords, GRAMMAR as SPOOL } from '../../src/cli/spool/parse.ts';
import { passwd } from '../../src/commands/passwd/program.ts';
import { spool } from '../../src/commands/spool/program.ts';
import { buildFeatures, failureText } from '../../src/entry/main.ts';
import { runSmallWith } from '../../src/entry/small-main.ts';
import { Failure } from '../../src/errors.ts';
import { computesLong } from '../../src/passwd/schemes.ts';
import { readBounded, readBoundedNow } from '../../src/runtime/bounded.ts';
import { systemClock, wallTime } from '../../src/runtime/clock.ts';
import { type FileSystem, systemFiles } from '../../src/runtime/files.ts';
import type { BrokerUser, Clock, Io, Terminal } from '../../src/runtime/io.ts';
import { systemMachine } from '../../src/runtime/processes.ts';
import { TestInput, TestOutput } from './streams.ts';

const BUILD = {
  version: '0.0.0',
  runtime: `Node.js ${process.versions.node}`,
  raw: undefined,
  features: buildFeatures,
};
type Signal = Parameters<Io['onSignal']>[0];

interface ToolOptions {
  readonly stdin?: string | Uint8Array;
  /** What the user types, in pieces; undefined: there is no terminal. */
  readonly typed?: readonly string[];
  /** Sent after the typing. */
  readonly signal?: Signal;
  /** Sent during a long password hash. */
  readonly signalAtWork?: Signal;
  /** The error of standard output after this many bytes. */
  readonly full?: { readonly room: number; readonly errno: string };
  /** System functions that the test replaces. */
  readonly disk?: Partial<FileSystem>;
  readonly clock?: Clock;
  /** The user account of the broker. */
  readonly broker?: BrokerUser;
}

interface ToolOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the terminal showed. */
  readonly shown: string;
  /** The signals by which the process would have ended at once. */
  readonly endedBy: readonly NodeJS.Signals[];
}

export async function runTool(
  name: 'tspasswd' | 'tsspool',
  argv: readonly string[],
  { stdin = '', typed, signal, signalAtWork, full, disk, clock = systemClock, broker }: ToolOptions = {},
): Promise<ToolOutcome> {
  const stdout = new TestOutput();
  if (full !== undefined) Object.assign(stdout, full);
  const input = new TestInput();
  if (stdin.length > 0) input.push(stdin);
  input.end();
  let stderr = '';
  let shown = '';
  const listeners: [Signal, () => void][] = [];
  const raise = (signal: Signal): void => {
    for (const [heard, callback] of listeners) if (heard === signal) callback();
  };
  const endedBy: NodeJS.Signals[] = [];
  const keys = [...(typed ?? [])];
  const terminal: Terminal = {
    write: (text) => {
      shown += text;
    },
    keys: () => {
      const next = keys.shift();
      if (next !== undefined) return Promise.resolve(Buffer.from(next));
      if (signal === undefined) return Promise.resolve(undefined);
      raise(signal);
      return new Promise(() => {});
    },
    close: () => {},
  };
  const io: Io = {
    argv,
    rawArgv: () => undefined,
    env: {},
    pid: 4711,
    stdin: () => input,
    stdout,
    stderr: (text) => {
      stderr += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    files: { read: readBounded, readNow: readBoundedNow },
    machine: async () => ({ ...systemMachine(), fs: { ...systemFiles, ...disk }, broker: () => broker }),
    isTerminal: (stream) => stream === 0 && typed !== undefined,
    columns: () => 80,
    terminal: async () => terminal,
    clock,
    wallTime,
    random: Math.random,
    onSignal: (heard, callback) => {
      listeners.push([heard, callback]);
      return () => {};
    },
  };
  const line = { argv, ...BUILD };
  const program = (): Promise<number> =>
    name === 'tsspool'
      ? runSmallWith({ grammar: SPOOL, read: readSpoolWords, execute: spool }, io, line)
      : runSmallWith(
          {
            grammar: PASSWD,
            read: readPasswdWords,
            execute: (plan, io) => passwd(plan, io, (by) => void endedBy.push(by)),
          },
          io,
          line,
        );
  let status: number;
  try {
    const running = program();
    if (signalAtWork !== undefined) {
      while (!computesLong()) await new Promise((resolve) => setImmediate(resolve));
      raise(signalAtWork);
    }
    status = await running;
  } catch (error) {
    // As in entry/main.ts.
    if (!(error instanceof Failure)) throw error;
    stderr += await failureText(error);
    status = error.status;
  }
  return { status, stdout: Buffer.from(stdout.text, 'latin1').toString(), stderr, shown, endedBy };
}
