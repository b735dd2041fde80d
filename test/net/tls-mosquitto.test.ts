// TLS to the real broker: certificates of clients, and pre-shared keys.
import { expect, test } from 'vitest';
import { dialer } from '../../src/net/dial.ts';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { attempt, target, tlsStep } from './tls-rig.ts';

/** MQTT 3.1.1, without credentials. */
const CONNECT = Buffer.from('100d00044d5154540402003c000161', 'hex');

describeWithMosquitto('client certificates', () => {
  for (const kind of ['ecPkcs8', 'ecTraditional', 'rsaPkcs8', 'rsaTraditional'] as const) {
    test(`an encrypted key (${kind}) is asked for once, however often it connects`, async () => {
      const { server, ca, encrypted, encryptedKeys } = certificates();
      const broker = await startMosquitto({ tls: { ...server, ca, requireCertificate: true } });
      const { cert, key } = encryptedKeys[kind];
      const asked: string[] = [];
      const to = target(broker.tlsPort, { caFile: certificates().ca, certFile: cert, keyFile: key });
      const context = {
        step: () => {},
        passphrase: async (file: string) => {
          asked.push(file);
          return encrypted.passphrase;
        },
      };
      const dial = dialer(to, context);
      for (let round = 0; round < 2; round++) {
        const connack = new Promise((resolve) => {
          const dialing = dial({
            data: (bytes) => resolve(Buffer.from(bytes).toString('hex')),
            drain: () => {},
            closed: resolve,
          });
          dialing.opened.then((stream) => stream.write(CONNECT), resolve);
        });
        expect(await connack).toBe('20020000');
      }
      expect(asked).toEqual([key]);
    });
  }
});

describeWithMosquitto('--psk', () => {
  test('reaches a PSK listener, with TLS 1.2 and no certificate', async () => {
    const broker = await startMosquitto({ psk: { keys: { me: 'abcd' } } });
    const tried = await attempt(target(broker.pskPort, { psk: { identity: 'me', key: Buffer.from('abcd', 'hex') } }));
    tried.stream?.write(CONNECT);
    await broker.waitForLog('Sending CONNACK');
    expect(tlsStep(tried)).toMatchObject({
      outcome: expect.stringMatching(/^TLSv1\.2, TLS_.*PSK_WITH/),
      details: ['No certificate: both ends know the pre-shared key'],
    });
  });

  test('with --ciphers', async () => {
    const broker = await startMosquitto({ psk: { keys: { me: 'abcd' } } });
    const psk = { identity: 'me', key: Buffer.from('abcd', 'hex') };
    const tried = await attempt(target(broker.pskPort, { psk, ciphers: 'PSK-AES128-CBC-SHA' }));
    expect(tlsStep(tried)?.outcome).toBe('TLSv1.2, TLS_PSK_WITH_AES_128_CBC_SHA');
  });
});

describeWithMosquitto('a PSK that the broker does not accept ends with 8', () => {
  const rows = [
    ['an identity that is not known', 'you', 'abcd', 'the broker does not know this --psk-identity'],
    ['a wrong key', 'me', 'abce', 'the broker rejected the handshake: with --psk, the key is wrong'],
  ] as const;
  for (const [name, identity, key, reason] of rows) {
    test(name, async () => {
      const broker = await startMosquitto({ psk: { keys: { me: 'abcd' } } });
      const tried = await attempt(target(broker.pskPort, { psk: { identity, key: Buffer.from(key, 'hex') } }));
      expect({ line: tried.line, status: tried.status }).toEqual({
        line: `Error: A TLS error occurred: ${reason}`,
        status: 8,
      });
      expect(JSON.stringify([tried.steps, tried.advice])).not.toContain(key);
      expect(broker.log()).not.toContain('New client connected');
    });
  }
});
