// Directories and ports for a single test.
import { chmodSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUp, cleanUpAtExit } from './cleanup.ts';

/** A new directory, removed with its contents when the test (or, made in beforeAll, the file) has ended. */
export function tempDir(scope: 'test' | 'file' = 'test'): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'tsmosq-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const forget = cleanUpAtExit(remove);
  cleanUp(() => {
    forget();
    remove();
  }, scope);
  return folder;
}

/** A new file in its own directory, by default readable only by its owner. */
export function fileOf(content: string | Uint8Array, name = 'file', mode = 0o600): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

/** A new file of that many zeros, which use no disk space. */
export function sparseFile(size: number): string {
  const path = fileOf('');
  truncateSync(path, size);
  return path;
}

// Below the ports that systems assign to outgoing connections: one of those could appear between our check and the use
// of the port, and a client that tries a dead port in that range can even connect to itself. Each process that runs
// test files has its own part of the range, so that no other one takes a port that it has found free, or has just
// released to use again.
/** At least the number of workers (vitest.config.ts). */
const PARTS = 8;
const COUNT = 18_000 / PARTS;
const LOWEST = 12_000 + COUNT * (Number(process.env['VITEST_POOL_ID'] ?? 0) % PARTS);
const given = new Set<number>();

/** A TCP port on which nothing listens, never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (given.has(port)) continue;
    if ((await canListen(port, '127.0.0.1')) && (await canListen(port))) {
      given.add(port);
      return port;
    }
  }
  throw new Error('no free TCP port found');
}

function canListen(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
