// Encrypted keys: the pass phrase is asked for on the terminal, without echo, and shown nowhere.
// Covers src/commands/broker/passphrase.ts.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { LOST_AND_BACK, timeless } from '../support/outage.ts';
import { commandLine, run } from '../support/run.ts';
import { hasPython } from '../support/terminal.ts';
import { wireTap } from '../support/tls.ts';
import { freePort } from '../support/tmp.ts';

if (!hasPython) console.warn('SKIPPED: the pass phrase on a terminal: there is no python3 of 3.9 or later');

interface Session {
  shown: string;
  status: number | null;
  before: object;
  meanwhile: object | null;
  after: object;
}

/** Types a line at the prompt, on a terminal; or `signal:N`. */
async function onTerminal(typed: string, program: string, args: readonly string[]): Promise<Session> {
  const driver = join(import.meta.dirname, 'passwd-terminal.py');
  const script = JSON.stringify([[PROMPT, typed]]);
  const { stdout, stderr } = await run('python3', [driver, script, ...commandLine(program, args)], {
    env: { NO_COLOR: '1' },
    timeoutMs: 50_000,
  });
  if (stdout.length === 0) throw new Error(stderr);
  return JSON.parse(stdout.toString()) as Session;
}

const PROMPT = 'Enter PEM pass phrase:';
const NORMAL = { echo: true, canonical: true };

const demanding = async () => {
  const { server, ca } = certificates();
  return startMosquitto({ tls: { ...server, ca, requireCertificate: true } });
};
const options = (port: number, kind: keyof ReturnType<typeof certificates>['encryptedKeys']) => {
  const { ca, encryptedKeys } = certificates();
  const { cert, key } = encryptedKeys[kind];
  return ['-h', 'localhost', '-p', `${port}`, '--cafile', ca, '--cert', cert, '--key', key, '-t', 'a'];
};

describeWithMosquitto('the pass phrase of an encrypted key', () => {
  for (const kind of ['ecPkcs8', 'ecTraditional', 'rsaPkcs8', 'rsaTraditional'] as const) {
    test.skipIf(!hasPython)(`is asked for on the terminal, without echo (${kind})`, async () => {
      const { tlsPort } = await demanding();
      const session = await onTerminal(`${certificates().encrypted.passphrase}\r`, 'tspub', [
        ...options(tlsPort, kind),
        ...['-m', 'x', '-q', '1'],
      ]);
      expect(session).toEqual({
        shown: `${PROMPT}\r\n`,
        status: 0,
        before: NORMAL,
        meanwhile: { echo: false, canonical: false },
        after: NORMAL,
      });
    });
  }

  test.skipIf(!hasPython)('wrong: one line, exit status 1, and it is not shown', async () => {
    const { tlsPort } = await demanding();
    const session = await onTerminal('not-it\r', 'tspub', [...options(tlsPort, 'ecPkcs8'), '-m', 'x']);
    const { key } = certificates().encrypted;
    expect(session.shown.replace(/^Hint: .*\r\n/m, '')).toBe(
      `${PROMPT}\r\nError: A TLS error occurred: wrong pass phrase for key "${key}"\r\n`,
    );
    expect(session).toMatchObject({ status: 1, after: NORMAL });
  });

  for (const [signal, number, status] of [
    ['SIGHUP', 1, 129],
    ['SIGINT', 2, 130],
    ['SIGQUIT', 3, 131],
    ['SIGTERM', 15, 143],
  ] as const)
    test.skipIf(!hasPython)(
      `${signal} at the prompt leaves the terminal with its echo, and ends with ${status}`,
      async () => {
        const args = [...options(await freePort(), 'ecPkcs8'), '-m', 'x'];
        const session = await onTerminal(`signal:${number}`, 'tspub', args);
        expect(session).toMatchObject({ status, meanwhile: { echo: false }, after: NORMAL });
      },
    );

  test.skipIf(!hasPython)('is asked for once, though the connection is made twice', async () => {
    const broker = await demanding();
    const tap = await wireTap(broker.tlsPort);
    const args = [...options(tap.port, 'ecPkcs8'), '-q', '1', '-c', '-i', 'listener', '-C', '1', '-W', '45'];
    const session = onTerminal(`${certificates().encrypted.passphrase}\r`, 'tssub', args);
    await broker.waitForLog('Sending SUBACK to listener');
    tap.cut();
    await run('tspub', ['-p', `${broker.port}`, '-t', 'a', '-q', '1', '-m', 'after']);
    const { shown, status } = await session;
    expect({ shown: timeless(shown.replaceAll('\r', '')), status }).toEqual({
      shown: `${PROMPT}\n${LOST_AND_BACK}after\n`,
      status: 0,
    });
  });

  test('is read from standard input where there is no terminal', async () => {
    const { tlsPort } = await demanding();
    const { status } = await run('tspub', [...options(tlsPort, 'rsaPkcs8'), '-m', 'x', '-q', '1'], {
      stdin: `${certificates().encrypted.passphrase}\n`,
    });
    expect(status).toBe(0);
  });
});
