// A TLS connection that is lost without close_notify, as when a router forgets it or a broker is killed.
import { expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { LOST, LOST_AND_BACK, timeless } from '../support/outage.ts';
import { run, start } from '../support/run.ts';
import { wireTap } from '../support/tls.ts';
import { ended, outcome } from './broker.ts';

describeWithMosquitto('a TLS connection without close_notify at its end', () => {
  for (const version of ['tlsv1.2', 'tlsv1.3']) {
    test(`tssub -c comes back and misses nothing (${version})`, async () => {
      const { server, ca } = certificates();
      const broker = await startMosquitto({ tls: { ...server, extra: [`tls_version ${version}`] } });
      const tap = await wireTap(broker.tlsPort);
      const to = ['-h', 'localhost', '-p', `${tap.port}`, '--cafile', ca];
      const listener = start('tssub', [...to, '-t', 'a', '-q', '1', '-c', '-i', 'listener', '-C', '2', '-W', '45']);
      await broker.waitForLog('Sending SUBACK to listener');
      const publish = (text: string) => run('tspub', ['-p', `${broker.port}`, '-t', 'a', '-q', '1', '-m', text]);
      await publish('before');
      await listener.waitForStdout('before\n');
      // Else it comes again, as QoS 1 allows.
      await broker.waitForLog('Received PUBACK from listener');
      tap.cut();
      await listener.waitForStderr(LOST);
      await publish('after');
      const { stderr, ...rest } = outcome(await listener.exited);
      expect({ ...rest, stderr: timeless(stderr) }).toEqual(ended(0, 'before\nafter\n', LOST_AND_BACK));
    });
  }

  test('and a handshake that is cut while it comes back does not end it', async () => {
    const { server, ca } = certificates();
    const broker = await startMosquitto({ tls: server });
    const tap = await wireTap(broker.tlsPort, (connection) => connection === 2);
    const to = ['-h', 'localhost', '-p', `${tap.port}`, '--cafile', ca];
    const listener = start('tssub', [...to, '-t', 'a', '-q', '1', '-c', '-i', 'listener', '-C', '1', '-W', '45']);
    await broker.waitForLog('Sending SUBACK to listener');
    tap.cut();
    await listener.waitForStderr(/during the handshake/);
    await run('tspub', ['-p', `${broker.port}`, '-t', 'a', '-q', '1', '-m', 'after']);
    const { status, stdout, stderr } = outcome(await listener.exited);
    expect({ status, stdout, lines: timeless(stderr).split('\n').slice(2) }).toEqual({
      status: 0,
      stdout: 'after\n',
      lines: ['Connected again after TIME and 2 attempts.', ''],
    });
  });
});
