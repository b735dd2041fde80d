// TLS to the server of the openssl program: demands that the server of Node does not make.
import { expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { describeWithOpenssl, opensslServer } from '../support/openssl-server.ts';
import { run } from '../support/run.ts';
import { attempt, target, tlsStep } from './tls-rig.ts';

const E = 'Error: A TLS error occurred:';

describeWithOpenssl('a server that demands a client certificate', () => {
  const ca = () => ({ caFile: certificates().ca });
  const demanding = (version: string): Promise<number> => {
    const { server, ca } = certificates();
    return opensslServer(server, [version, '-CAfile', ca, '-Verify', '2', '-verify_return_error']);
  };

  test.each([
    [
      'and gets none',
      ca,
      'the broker requires a client certificate (--cert, --key)',
      /^Use --cert with a certificate that the broker accepts, /,
    ],
    [
      'and gets one of another CA',
      () => ({ ...ca(), certFile: certificates().stranger.cert, keyFile: certificates().stranger.key }),
      'the broker does not know the CA of the client certificate',
      /^Use a certificate from a CA that the broker trusts\. /,
    ],
  ])('%s, ends the handshake in TLS 1.2', async (_name, tls, reason, advice) => {
    const tried = await attempt(target(await demanding('-tls1_2'), tls()));
    expect({ line: tried.line, status: tried.status }).toEqual({ line: `${E} ${reason}`, status: 8 });
    expect(tried.advice).toMatch(advice);
    expect(tlsStep(tried)).toMatchObject({ failed: true });
  });

  test('and gets none, ends the connection after the handshake in TLS 1.3', async () => {
    const tried = await attempt(target(await demanding('-tls1_3'), ca()));
    expect(tried.line).toBe(undefined);
    expect(await tried.closed).toMatchObject({
      kind: 'tls',
      status: 8,
      message: 'A TLS error occurred: the broker requires a client certificate (--cert, --key)',
    });
  });

  test('and gets none, ends the WebSocket handshake in TLS 1.3', async () => {
    const webSocket = { path: '/mqtt', headers: [] };
    const tried = await attempt({ ...target(await demanding('-tls1_3'), ca()), webSocket });
    const reason = 'A TLS error occurred: the broker requires a client certificate (--cert, --key)';
    expect(tried).toMatchObject({ line: `Error: ${reason}`, status: 8 });
    expect(tried.steps.at(-1)).toMatchObject({ kind: 'websocket', outcome: reason });
  });

  test('is sent an intermediate in the file of --cert too', async () => {
    const { server, ca, chained } = certificates();
    const demand = ['-CAfile', ca, '-Verify', '3', '-verify_return_error', '-purpose', 'any'];
    const port = await opensslServer(server, demand);
    const tried = await attempt(target(port, { caFile: ca, certFile: chained.chain, keyFile: chained.key }));
    expect(tried.line).toBe(undefined);
  });
});

describeWithOpenssl('--psk', () => {
  test('accepts no unverified certificate (RSA-PSK), and does not offer to', async () => {
    const psk = { identity: 'Client_identity', key: Buffer.from('abcd', 'hex') };
    const port = await opensslServer(certificates().clientRsa, ['-psk', 'abcd', '-tls1_2', '-cipher', 'kRSAPSK']);
    const offering = await attempt(target(port, { psk }));
    expect(offering.line).toBe(`${E} the broker refused the handshake: no cipher in common`);
    const insisting = await attempt(target(port, { psk, ciphers: 'kRSAPSK' }));
    expect(insisting).toMatchObject({ line: expect.stringMatching(/CA that is not trusted here$/), status: 8 });
  });
});

describeWithOpenssl('the folder of the tests for --capath', () => {
  test('is one to OpenSSL too', async () => {
    const { caPath, server } = certificates();
    expect((await run('openssl', ['verify', '-CApath', caPath, server.cert])).status).toBe(0);
  });
});
