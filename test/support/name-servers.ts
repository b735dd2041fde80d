// Runs programs with our own name servers: in a mount namespace with our /etc/resolv.conf. Needs root.
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp } from './cleanup.ts';
import { commandLine } from './run.ts';
import { tempDir } from './tmp.ts';

export const DNS_PORT = 53;

/** Why this is impossible here; undefined if it is possible. */
export async function whyNoNameServer(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux';
  const mount = ['-m', 'mount', '--bind', '/etc/hosts', '/etc/resolv.conf'];
  if (spawnSync('unshare', mount, { stdio: 'ignore' }).status !== 0)
    return 'this user may not mount anything in a namespace of its own (unshare -m)';
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(`this user may not listen on port ${DNS_PORT}`));
    socket.bind(DNS_PORT, ownAddress(), () => socket.close(() => resolve(undefined)));
  });
}

/** A name server must have port 53, so each run has its own address. */
export function ownAddress(): string {
  const number = () => 1 + Math.floor(Math.random() * 250);
  return `127.${number()}.${number()}.${number()}`;
}

/** The address of a name server that never answers, and a promise that resolves on the first query. */
export async function silentNameServer(): Promise<{ address: string; asked: Promise<void> }> {
  const address = ownAddress();
  const socket = createSocket('udp4');
  const asked = new Promise<void>((resolve) => socket.once('message', () => resolve()));
  cleanUp(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(DNS_PORT, address, resolve);
  });
  return { address, asked };
}

const INSIDE = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';

/** Wraps a program for run() and start(), so that it uses these name servers. `more`: further lines of resolv.conf. */
export function withNameServers(
  addresses: readonly string[],
  program: string,
  args: readonly string[],
  more = '',
): ['unshare', string[]] {
  const configuration = join(tempDir(), 'resolv.conf');
  writeFileSync(configuration, `${addresses.map((address) => `nameserver ${address}\n`).join('')}${more}`);
  return ['unshare', ['-m', 'sh', '-c', INSIDE, 'sh', configuration, ...commandLine(program, args)]];
}
