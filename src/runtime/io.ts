/**
 * What a program may use of its environment. Programs receive these as values: entry/ creates the real ones, and tests pass others.
 */
import type { Millis } from '../util/millis.ts';
import type { FileSystem } from './files.ts';

export interface Clock {
  now(): Millis;
  /** Calls back once, not before `at`. Returns a function that cancels it. */
  callAt(at: Millis, callback: () => void): () => void;
}

/** The time of day: seconds since 1970 and nanoseconds, 0 to 999,999,999. */
export interface WallTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A number in [0, 1). */
export type Random = () => number;

/** Colors for standard output. Each function takes a text without a newline. */
export interface Paint {
  topic(text: string): string;
  sent(line: string): string;
  received(line: string): string;
  heading(text: string): string;
}

/** The last line of a terminal, for temporary information. */
export interface StatusLine {
  /** Replaces the previous text. */
  show(text: string): void;
  erase(): void;
}

/** The size of a terminal. */
export interface ScreenSize {
  readonly rows: number;
  readonly columns: number;
}

/** A terminal, for prompts whose answer must stay hidden. */
export interface Terminal {
  write(text: string): void;
  /** The next keys, without echo and without special meaning. Undefined when the terminal is closed. */
  keys(): Promise<Uint8Array | undefined>;
  /** One of the keys was Ctrl-C, and the program ends because of it. */
  interrupted?(): void;
  /** Restores the terminal. */
  close(): void;
}

/** A source of bytes. */
export interface Source {
  /** The size of a file in bytes, if known. */
  readonly size?: number | undefined;
  /** The next bytes, valid until the next read, or undefined at the end. Rejects with a Failure. */
  read(): Promise<Uint8Array | undefined>;
  /** Bytes that were read from the input but not returned yet. Call this before close(), and at the very end. */
  leftover?(): Uint8Array | undefined;
  /**
   * The rest of a partly read record in a pipe, up to this byte and including it; the end of input counts as that byte.
   * Later bytes stay in the pipe. Undefined when the record is not complete yet. May be called after close().
   */
  recordEnd?(separator: number): Uint8Array | undefined;
  /** Stops a waiting read; nothing can be read afterwards. */
  close(): void;
}

/** A destination for bytes. Only one write at a time: wait for `done` before the next. */
export interface Sink {
  /** `done` gets the errno name (`EPIPE`, `ENOSPC`) when not everything was written. It is never called before write returns. */
  write(bytes: Uint8Array, done: (errno?: string) => void): void;
  /** Bytes of the current write that the reader has not read yet; undefined where the system does not show them. */
  readonly left?: number | undefined;
  /** Cancels a write that waits for its reader. */
  close(): void;
}

/** The result of reading a file: its bytes, and the permissions of a regular file; or why it cannot be read, even if it exists. */
export type FileRead =
  | { readonly bytes: Uint8Array; readonly mode?: number | undefined }
  | { readonly reason: string; readonly exists?: boolean };

interface Files {
  /** Reads a whole file, pipe or device. Rejects with a Failure whose code is the errno name: EFBIG for more than `most` bytes. */
  read(path: string, most: number): Promise<Uint8Array>;
  /**
   * Reads synchronously, before the work begins; waits for a pipe, unless `waits` is false. Longer content is cut after
   * `most` + 1 bytes.
   */
  readNow(path: string, most: number, waits?: boolean): FileRead;
}

/** What identifies a process to others. */
export interface ProcessId {
  readonly pid: number;
  /** Distinguishes a process from a later one with the same number; empty where unknown. */
  readonly start: string;
  /** Where process numbers are valid: on this machine since its start, or in this container. */
  readonly place: string;
}

/** Which process this is, and which others are alive. */
export interface Processes {
  self(): ProcessId;
  /** Undefined when it cannot be determined from here. */
  alive(other: ProcessId): boolean | undefined;
}

/** The user and the group that started the program, by name. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
}

/** The user that a broker started by root runs as. */
export interface BrokerUser {
  readonly name: string;
  readonly uid: number;
  readonly groups: readonly number[];
}

/** The parts of the machine that a program with files on disk uses. */
export interface Machine {
  readonly fs: FileSystem;
  readonly processes: Processes;
  /** The number of the user that creates files; undefined where users have no numbers. */
  readonly user: number | undefined;
  /** Undefined where the system has no names for them. */
  account(): Account | undefined;
  /** The user that a broker runs as; undefined where it does not exist. */
  broker(): BrokerUser | undefined;
}

export interface Io {
  /** The arguments without the runtime and the script. */
  readonly argv: readonly string[];
  /** The arguments as bytes, where the platform has them, because an argument need not be UTF-8. */
  rawArgv(): readonly Uint8Array[] | undefined;
  readonly env: Environment;
  readonly pid: number;
  readonly stdin: () => Source;
  readonly stdout: Sink;
  /** Whether standard output was closed at the start, if that can be detected. */
  stdoutIsClosed?(): boolean;
  /** Writes at once, or after earlier text. Does not report errors: no other stream exists. Bytes come from other programs. */
  stderr(text: string | Uint8Array): void;
  /** Whether text waits for the reader of standard error. */
  stderrIsBehind?(): boolean;
  /** Set only when standard output gets colors. */
  readonly paint?: Paint;
  /** Set only when standard error is a terminal; stderr() erases it. */
  readonly statusLine?: StatusLine;
  readonly files: Files;
  /** Loaded when needed. */
  machine(): Promise<Machine>;
  /** Whether standard input (0), standard output (1) or standard error (2) is a terminal. */
  isTerminal(stream: 0 | 1 | 2): boolean;
  /** The width of the terminal of standard error. */
  columns(): number;
  /** The size of the terminal of standard output; calls back when the size changes. Undefined when it is not a terminal. */
  screen?(resized: (size: ScreenSize) => void): ScreenSize | undefined;
  /** The terminal for prompts; undefined without a user to ask. Close it after use. */
  terminal(): Promise<Terminal | undefined>;
  readonly clock: Clock;
  wallTime(): WallTime;
  readonly random: Random;
  /** Calls back when the process is asked to end. Returns a function that stops listening. */
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGALRM', callback: () => void): () => void;
}

/** The environment of a program with files on disk. */
export interface DiskIo extends Io, Machine {}
