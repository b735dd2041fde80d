/** Which descriptor a path names, and how a descriptor was opened. */
import { constants, readFileSync } from 'node:fs';
import { isBun } from './features.ts';

const NAMED = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d{1,9})$/;

/**
 * The descriptor that a path names. Linux would open such a path again. That fails for a socket (ENXIO), which Node, inetd
 * and others pass to children, and for a file of another user (EACCES). It also restarts a partly read file at its beginning.
 */
export function descriptorNamed(path: string): number | undefined {
  if (path === '/dev/stdin') return 0;
  const number = NAMED.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The bits of the flags for the access mode. */
const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/** The access mode; undefined without /proc, or when the descriptor is not open. */
export function accessOf(fd: number): number | undefined {
  const flags = flagsOf(fd);
  return flags === undefined ? undefined : flags & ACCESS_MODE;
}

/** The flags of open(2), including "close on exec". */
function flagsOf(fd: number): number | undefined {
  try {
    return flagsIn(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Parses /proc/PID/fdinfo/N, which has the flags in octal. */
function flagsIn(fdinfo: string): number | undefined {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo)?.[1];
  return flags === undefined ? undefined : Number.parseInt(flags, 8);
}

/** O_CLOEXEC of Linux, which Node's constants lack. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Whether this program was started with standard output closed (`>&-`), if that can be detected.
 *
 * The runtimes then open /dev/null before any JavaScript runs. Bun sets "close on exec" on it, which a descriptor from the
 * caller cannot have, because it would have been closed. Node sets the flag on all descriptors. It opens /dev/null for
 * reading and writing, exactly as its own `stdio: 'ignore'` and Python's DEVNULL do, so on Node the cases look the same.
 */
export function outputIsClosed(): boolean {
  return isBun && closesOnExec(flagsOf(1));
}

const closesOnExec = (flags = 0): boolean => (flags & CLOSE_ON_EXEC) !== 0;

export const isClosedIn = (fdinfo: string): boolean => closesOnExec(flagsIn(fdinfo));
