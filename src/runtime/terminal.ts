/** How a prompt uses the terminal itself, so that its text does not land in a pipe and the answer stays hidden. */
import { closeSync, constants, openSync, read } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import { atEnd, typedInterrupt } from './at-end.ts';
import { isBun } from './features.ts';
import type { Terminal } from './io.ts';
import { openedAgain } from './open-again.ts';
import { standardError } from './stderr.ts';
import { writingTo } from './stderr-system.ts';

const STDIN = 0;

/** The terminal of this session, whatever standard input is; undefined when there is none, as in a cron job. */
export function openControllingTerminal(): Terminal | undefined {
  let fd = STDIN;
  try {
    fd = openSync('/dev/tty', 'r+');
  } catch {
    // Without a controlling terminal, only standard input can be one.
    if (!isatty(STDIN)) return undefined;
  }
  const input = new ReadStream(fd);
  // The terminal is closed: reading reports it.
  input.on('error', () => {});
  input.setRawMode(true);
  const restored = atEnd(() => input.setRawMode(false));
  // A closed terminal shows nothing, and a stopped one shows it later; reading reports both.
  const shown = standardError(writingTo(openedAgain(fd, constants.O_WRONLY) ?? fd));
  const keys = isBun ? directKeys(fd) : streamedKeys(input);
  return {
    keys,
    write: shown.print,
    interrupted: typedInterrupt,
    close: () => {
      // Already closed, or the terminal is gone.
      if (input.destroyed) return;
      restored();
      input.setRawMode(false);
      input.destroy();
      // Node's stream has its own descriptor; Bun's stream closes this one.
      if (fd !== STDIN && !isBun) closeSync(fd);
    },
  };
}

function streamedKeys(input: ReadStream): Terminal['keys'] {
  // One listener for the whole time, so that keys typed early are not lost.
  const waiting: Uint8Array[] = [];
  let ended = false;
  let wake = (): void => {};
  input.on('data', (bytes: Buffer) => {
    waiting.push(bytes);
    wake();
  });
  const end = (): void => {
    ended = true;
    wake();
  };
  input.on('end', end).on('error', end).on('close', end);
  return async () => {
    if (waiting.length === 0 && !ended)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return waiting.shift();
  };
}

/** More bytes than a user types ahead. */
const KEYS_BYTES = 4096;

/** Bun's terminal stream loses some keys typed right after the prompt, so each read requests only the next keys. */
function directKeys(fd: number): Terminal['keys'] {
  return () =>
    new Promise((resolve) => {
      const buffer = Buffer.alloc(KEYS_BYTES);
      read(fd, buffer, 0, KEYS_BYTES, null, (error, length) => {
        resolve(error || length === 0 ? undefined : buffer.subarray(0, length));
      });
    });
}
