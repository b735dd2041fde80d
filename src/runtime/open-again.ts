/**
 * How a standard stream gets a non-blocking descriptor (decisions 2 and 26). The flags of an open file are shared by
 * all its processes, for example with a shell. Opening the file again gives flags that only this process uses.
 */
import { constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { codeOf } from '../util/errno.ts';
import { accessOf } from './descriptor.ts';
import { isBun } from './features.ts';

/**
 * Undefined without /proc, when the descriptor is not open for `access`, when this user may not open it, and for files
 * and sockets. Throws ENXIO for a pipe without a reader.
 */
export function openedAgain(fd: number, access: number): number | undefined {
  const stat = fstatSync(fd);
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return undefined;
  if (stat.isCharacterDevice() && !allows(fd, access)) return undefined;
  // O_NOCTTY: the terminal must not become that of this session.
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

/** Whether the descriptor is open for `access`: opening a device again could allow more than the caller gave. */
function allows(fd: number, access: number): boolean {
  const given = accessOf(fd);
  return given === access || given === constants.O_RDWR;
}

/** The device number of this session's terminal. After su it belongs to another user, but can still be opened as /dev/tty. */
function ownTerminal(): number {
  return Number(
    readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[4],
  );
}

/** Sockets, or Bun's files, that have made a descriptor non-blocking; kept so that they are not collected. */
const makers: unknown[] = [];

/** For a socket or a pipe of another user, which cannot be opened again. Affects all processes that share it. */
export function makeNonBlocking(fd: 1 | 2): void {
  if (isBun) makers.push(Bun.file(fd).writer({ highWaterMark: 1 }));
  else makers.push(new (net().Socket)({ fd, readable: false, writable: true }).on('error', () => {}));
}

declare const Bun: { file(fd: number): { writer(options: { highWaterMark: number }): unknown } };

/** Loaded when there is a socket. */
const net = (): { readonly Socket: typeof Socket } => process.getBuiltinModule('node:net');
