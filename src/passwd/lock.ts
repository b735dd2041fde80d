/**
 * One change of a file at a time. The lock is a file beside it, because the password file itself is replaced and a lock
 * on it would stay with the old one. It names its holder: the lock of a process that was killed is taken over at once.
 */
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../errors.ts';
import { errnoOf, type FileSystem, withOpen } from '../runtime/files.ts';
import type { Clock, Millis } from '../runtime/io.ts';
import type { Processes, ProcessId } from '../runtime/processes.ts';

/** How long to wait for others in all. A change takes milliseconds, but a hundred may stand in line. */
const PATIENCE: Millis = 60_000;
const LONGEST_PAUSE: Millis = 20;
/** After so long a lock is dead whose holder lives on another machine or in another container, if it does. */
const FOREIGN_AGE: Millis = 30_000;
/** Breaking a lock takes two system calls; whoever was killed between them is gone. */
const BREAKER_AGE: Millis = 5_000;

export interface Surroundings {
  readonly fs: FileSystem;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly random: () => number;
  /** The time as file times count it. */
  now(): Millis;
}

export interface Lock {
  /** Called right before the change shows: false when the lock was lost. */
  held(): boolean;
  release(): void;
}

/** `temporary` is the file that whoever takes the lock over is to remove. Throws a Failure; `code` is the errno. */
export async function lock(target: string, temporary: string, around: Surroundings): Promise<Lock> {
  const { fs, clock } = around;
  const path = `${target}.lock`;
  const self = around.processes.self();
  const content = [self.pid, self.start || '-', self.place, basename(temporary), randomUUID(), ''].join('\n');
  const until = clock.now() + PATIENCE;
  for (;;) {
    if (create(fs, path, content)) break;
    breakIfDead(path, around);
    if (create(fs, path, content)) break;
    if (clock.now() > until)
      throw new Failure('file', { code: 'EAGAIN', message: `${target} is locked by another program: ${path}` });
    const pause = 1 + around.random() * LONGEST_PAUSE;
    await new Promise<void>((resolve) => void clock.callAt(clock.now() + pause, resolve));
  }
  const owned = (): boolean => {
    try {
      return fs.readFileSync(path, 'latin1') === content;
    } catch (error) {
      // It is there and cannot be read: nobody else could have judged it dead.
      return errnoOf(error) !== 'ENOENT';
    }
  };
  return {
    held: owned,
    release: () => {
      if (owned()) remove(fs, path);
    },
  };
}

/** False when it is there already. */
function create(fs: FileSystem, path: string, content: string): boolean {
  let fd: number;
  try {
    fd = fs.openSync(path, 'wx', 0o600);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') return false;
    throw new Failure('file', { code });
  }
  try {
    withOpen(fs, fd, () => fs.writeSync(fd, content));
  } catch (error) {
    remove(fs, path);
    throw new Failure('file', { code: errnoOf(error) });
  }
  return true;
}

function breakIfDead(path: string, around: Surroundings): void {
  if (!isDead(path, around)) return;
  // Only one may break it, or the second would break the lock that the first has taken in the meantime.
  const breaker = `${path}.break`;
  const { fs } = around;
  if (!create(fs, breaker, '')) {
    if (age(breaker, around) > BREAKER_AGE) remove(fs, breaker);
    return;
  }
  try {
    if (!isDead(path, around)) return;
    const temporary = read(fs, path)?.split('\n')[3];
    // The name stands in a file that anybody could have written: nothing but a file of ours may go.
    if (temporary && isTemporaryOf(path.replace(/\.lock$/, ''), temporary)) remove(fs, join(dirname(path), temporary));
    remove(fs, path);
  } finally {
    remove(fs, breaker);
  }
}

function isDead(path: string, around: Surroundings): boolean {
  const content = read(around.fs, path);
  if (content === undefined) return false;
  const [pid, start, place, , token] = content.split('\n');
  // Not written to the end: somebody is at it, or was killed at it.
  if (!token) return age(path, around) > BREAKER_AGE;
  const holder: ProcessId = { pid: Number(pid), start: start === '-' ? '' : start!, place: place! };
  return !(around.processes.alive(holder) ?? age(path, around) < FOREIGN_AGE);
}

/** Six letters or digits, as the original names its backups. */
export function isTemporaryOf(target: string, name: string): boolean {
  const prefix = `${basename(target)}.backup.`;
  return name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
}

function age(path: string, { fs, now }: Surroundings): Millis {
  try {
    return now() - fs.lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function read(fs: FileSystem, path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function remove(fs: FileSystem, path: string): void {
  try {
    fs.unlinkSync(path);
  } catch {
    // Somebody else was faster, or the folder has become read-only: then it goes by its age.
  }
}
