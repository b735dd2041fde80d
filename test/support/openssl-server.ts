// The TLS server of the openssl program, for features that Node's server lacks.
import { spawn } from 'node:child_process';
import type { Identity } from './certs.ts';
import { cleanUp } from './cleanup.ts';
import { freePort } from './tmp.ts';
import { describeWith } from './tool.ts';

/** describe() for tests with that server. */
export const describeWithOpenssl = (name: string, body: () => void): void => describeWith('openssl', name, body);

export async function opensslServer({ cert, key }: Identity, args: readonly string[]): Promise<number> {
  const port = await freePort();
  const common = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key];
  const child = spawn('openssl', [...common, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  cleanUp(() => child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('openssl s_server has ended')));
    child.stdout.on('data', (text: Buffer) => text.includes('ACCEPT') && resolve());
  });
  return port;
}
