/**
 * What a program may know and touch of its surroundings. Programs get these as values; only entry/ makes the real ones,
 * and tests hand in others.
 */
import type { Millis } from '../util/millis.ts';
import type { FileSystem } from './files.ts';

export interface Clock {
  now(): Millis;
  /** Calls back once, not before `at`. Returns the way to call it off. */
  callAt(at: Millis, callback: () => void): () => void;
}

/** The time of day: seconds since 1970 and nanoseconds, 0 to 999,999,999. */
export interface WallTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The variables that a process was given. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A number in [0, 1). */
export type Random = () => number;

/** Colours for standard output. Each takes a text without a line end. */
export interface Paint {
  topic(text: string): string;
  sent(line: string): string;
  received(line: string): string;
  heading(text: string): string;
}

/** The last line of a terminal, for what is true for a moment. */
export interface StatusLine {
  /** In place of what it showed before. */
  show(text: string): void;
  erase(): void;
}

/** Of a terminal. */
export interface ScreenSize {
  readonly rows: number;
  readonly columns: number;
}

/** A terminal, for questions whose answer must not be seen. */
export interface Terminal {
  write(text: string): void;
  /** The next keys, unseen: nothing is shown, and no key has a meaning yet. Undefined when the terminal is gone. */
  keys(): Promise<Uint8Array | undefined>;
  /** One of the keys was Ctrl-C, and the program ends for that. */
  interrupted?(): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** Where bytes come from. */
export interface Source {
  /** How many there are in all, where that is known: of a file. */
  readonly size?: number | undefined;
  /** The next bytes, good until the next read, or undefined at the end. Rejects with a Failure. */
  read(): Promise<Uint8Array | undefined>;
  /** What was taken from the input already and not handed out yet; asked for before close(), and at the very end. */
  leftover?(): Uint8Array | undefined;
  /**
   * Of a pipe what there is up to this byte and with it, which the end of input stands for; undefined when it is not there yet.
   * For the end of a record of which a part was read: what comes behind it stays in the pipe. Can be asked for after close().
   */
  recordEnd?(separator: number): Uint8Array | undefined;
  /** Stops a read that waits; nothing can be read afterwards. */
  close(): void;
}

/** Where bytes go to. One write at a time: the next only after `done` of the one before. */
export interface Sink {
  /** `done` gets the errno name (`EPIPE`, `ENOSPC`) when not everything was written. It is never called before write returns. */
  write(bytes: Uint8Array, done: (errno?: string) => void): void;
  /** Bytes of the write under way that the reader has not taken yet; undefined where the system does not show them. */
  readonly left?: number | undefined;
  /** Gives up a write that waits for a reader who does not come. */
  close(): void;
}

/** What reading a file gave: its bytes, with the permissions of a regular file; or why it cannot be read, though it may be there. */
export type FileRead =
  | { readonly bytes: Uint8Array; readonly mode?: number | undefined }
  | { readonly reason: string; readonly exists?: boolean };

interface Files {
  /** The whole of a file, pipe or device. Rejects with a Failure that carries the errno name: EFBIG for more than `most` bytes. */
  read(path: string, most: number): Promise<Uint8Array>;
  /**
   * At once, before the work begins; waits for a pipe, unless `waits` is false. Of more than `most` bytes there are the
   * first, and one too many.
   */
  readNow(path: string, most: number, waits?: boolean): FileRead;
}

/** What a process is known by to others. */
export interface ProcessId {
  readonly pid: number;
  /** Tells a process from a later one with the same number; empty where that cannot be known. */
  readonly start: string;
  /** Numbers of processes mean something in one place only: this machine since it started, this container. */
  readonly place: string;
}

/** Who runs, and who still lives. */
export interface Processes {
  self(): ProcessId;
  /** Undefined when it cannot be known from here. */
  alive(other: ProcessId): boolean | undefined;
}

/** The user and the group that have started this, by name. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
}

/** The user as whom a broker runs that root starts. */
export interface BrokerUser {
  readonly name: string;
  readonly uid: number;
  readonly groups: readonly number[];
}

/** What of the machine a program touches that keeps something on its disk. */
export interface Machine {
  readonly fs: FileSystem;
  readonly processes: Processes;
  /** The number of the user as whom files are made; undefined where users have none. */
  readonly user: number | undefined;
  /** Undefined where the system has no names for them. */
  account(): Account | undefined;
  /** The user as whom a broker runs; undefined where there is no such user. */
  broker(): BrokerUser | undefined;
}

export interface Io {
  /** Without the runtime and the script. */
  readonly argv: readonly string[];
  /** The same words as bytes, where the platform has them: an argument need not be UTF-8. */
  rawArgv(): readonly Uint8Array[] | undefined;
  readonly env: Environment;
  readonly pid: number;
  readonly stdin: () => Source;
  readonly stdout: Sink;
  /** Whether it was closed at the start, where that can be known. */
  stdoutIsClosed?(): boolean;
  /** Writes at once, or in its turn. Errors are not reported: there is no other stream for them. Bytes are what others have written. */
  stderr(text: string | Uint8Array): void;
  /** Whether something waits until standard error is read. */
  stderrIsBehind?(): boolean;
  /** Only when standard output is to have colours. */
  readonly paint?: Paint;
  /** Only when standard error is a terminal; stderr() erases it. */
  readonly statusLine?: StatusLine;
  readonly files: Files;
  /** Loaded when it is asked for. */
  machine(): Promise<Machine>;
  /** Whether standard input (0), standard output (1) or standard error (2) is a terminal. */
  isTerminal(stream: 0 | 1 | 2): boolean;
  /** Of the terminal that standard error is. */
  columns(): number;
  /** The size of the terminal that standard output is, and calls back when it has another one; undefined when it is none. */
  screen?(resized: (size: ScreenSize) => void): ScreenSize | undefined;
  /** For questions; undefined when there is no user to ask. To be closed after use. */
  terminal(): Promise<Terminal | undefined>;
  readonly clock: Clock;
  wallTime(): WallTime;
  readonly random: Random;
  /** Calls back when the process is asked to end. Returns the way to stop listening. */
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGALRM', callback: () => void): () => void;
}

/** What such a program touches. */
export interface DiskIo extends Io, Machine {}
