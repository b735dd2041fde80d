/**
 * A descriptor that does not block, of what a standard stream is (decisions 2 and 26). The flags of an open file belong to
 * all processes that share it, a shell for example. So it is opened once more, which gives flags of our own.
 */
import { constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { codeOf } from '../util/errno.ts';
import { accessOf } from './descriptor.ts';
import { isBun } from './features.ts';

/**
 * Undefined where there is no /proc, where it is not open for this `access` or this user may not open it, and for files and
 * sockets. Throws ENXIO for a pipe without a reader.
 */
export function openedAgain(fd: number, access: number): number | undefined {
  const stat = fstatSync(fd);
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return undefined;
  if (stat.isCharacterDevice() && !allows(fd, access)) return undefined;
  // A terminal must not become that of this session.
  const flags = access | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    return openSync(`/proc/self/fd/${fd}`, flags);
  } catch (error) {
    if (stat.isFIFO() && codeOf(error) === 'ENXIO') throw error;
  }
  try {
    return stat.isCharacterDevice() && stat.rdev === ownTerminal() ? openSync('/dev/tty', flags) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is open for that: a device opens for more than the caller gave. */
function allows(fd: number, access: number): boolean {
  const given = accessOf(fd);
  return given === access || given === constants.O_RDWR;
}

/** The device number of this session's terminal. After su it belongs to another user, and still opens as /dev/tty. */
function ownTerminal(): number {
  return Number(
    readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[4],
  );
}

/** Sockets, or files of Bun's, by which a descriptor was made non-blocking. */
const makers: unknown[] = [];

/** For what cannot be opened again: a socket, or the pipe of another user. All processes that share it are affected. */
export function makeNonBlocking(fd: 1 | 2): void {
  if (isBun) makers.push(Bun.file(fd).writer({ highWaterMark: 1 }));
  else makers.push(new (net().Socket)({ fd, readable: false, writable: true }).on('error', () => {}));
}

declare const Bun: { file(fd: number): { writer(options: { highWaterMark: number }): unknown } };

/** Loaded when there is a socket. */
const net = (): { readonly Socket: typeof Socket } => process.getBuiltinModule('node:net');
