// The package as a library, against a scripted server.
import { describe, expect, test } from 'vitest';
import { Failure, type Remedy } from '../../src/library/library.ts';
import { accept, confirm, packetIdOf } from '../support/answers.ts';
import { fakeServer, fromHex } from '../support/fake-server.ts';
import { open, reasonOf, take } from './library-rig.ts';

describe('a scripted server', () => {
  test('that refuses a message: publish() rejects with the reason code', async () => {
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      const [high, low] = packetIdOf(await connection.readPacket());
      await connection.send(Buffer.from([0x40, 3, high, low, 0x87]));
      await connection.closed;
    });
    const client = await open({ port });
    expect(await reasonOf(client.publish('a', 'x'))).toMatchObject({
      kind: 'refused',
      reason: 0x87,
      message: 'The broker refused the message on a: Not authorized',
    });
  });

  test('that refuses a subscription: the loop rejects with the reason code', async () => {
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      const { body } = await connection.readPacket();
      await connection.send(Buffer.from([0x90, 4, body[0]!, body[1]!, 0, 0x87]));
      await connection.closed;
    });
    const client = await open({ port });
    expect(await reasonOf(take(client.subscribe('a'), 1))).toMatchObject({ kind: 'refused', reason: 0x87 });
  });

  test('that never acknowledges: end() does not say that all is well', async () => {
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      await connection.readPacket();
      connection.socket.destroy();
    });
    const client = await open({ port }, { retry: { count: 0 } });
    const published = reasonOf(client.publish('a', 'x'));
    expect(await reasonOf(client.end())).toMatchObject({
      kind: expect.stringMatching(/connection-lost|not-connected/),
    });
    expect(await published).toBeInstanceOf(Failure);
  });
});

describe('a failure to connect says what to change', () => {
  test.each([
    ['a TLS alert', '15030300020246', 'This port speaks TLS.', 'speaks-tls'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request').toString('hex'), 'This port speaks HTTP.', 'speaks-http'],
  ])('by a code and in a sentence without options of the programs: %s', async (_, answer, advice, code) => {
    const { port } = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send(fromHex(answer));
      connection.socket.end();
      await connection.closed;
    });
    const failure = (await reasonOf(open({ port }))) as Failure;
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ advice, remedy: { code } });
    const remedy: Remedy | undefined = failure.remedy;
    expect(remedy).toEqual({ code });
  });

  test('with what belongs into the sentence', async () => {
    const { port } = await fakeServer(async (connection) => {
      await connection.send(Buffer.from('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
      await connection.closed;
    });
    const proxy = { kind: 'http', host: '127.0.0.1', port } as const;
    const failure = await reasonOf(open({ port: 1 }, { proxy }));
    expect(failure).toMatchObject({
      kind: 'auth',
      advice: 'Check the user name and password of the proxy.',
      remedy: { code: 'proxy-credentials', kind: 'http' },
    });
  });
});

describe('end()', () => {
  const silent = (): ReturnType<typeof fakeServer> =>
    fakeServer(async (connection) => {
      await accept(connection);
      await connection.closed;
    });

  test('does not resolve for QoS 0 that a server ended on before it had read it', async () => {
    const client = await open(
      await fakeServer(async (connection) => {
        await accept(connection);
        await connection.readPacket();
        await connection.close();
      }),
    );
    await client.publish('a', 'x', { qos: 0 });
    expect(await reasonOf(client.end())).toMatchObject({ kind: 'connection-lost' });
  });

  test('rejects for QoS 0 on a connection that broke before, though another one stands', async () => {
    let connections = 0;
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      if (++connections === 1) {
        await connection.readPacket();
        await connection.reset();
      }
    });
    const client = await open(server, { retry: { delay: 1 } });
    await client.publish('a', 'x', { qos: 0 });
    await server.connection(1);
    await expect.poll(() => client.connected).toBe(true);
    expect(await reasonOf(client.end())).toMatchObject({ kind: 'connection-lost', message: /QoS 0/ });
  });

  test('gives a server that does not answer `timeout` milliseconds, at any QoS', async () => {
    for (const qos of [0, 1, 2] as const) {
      const client = await open(await silent());
      const published = client.publish('a', 'x', { qos });
      published.catch(() => {});
      const failure = { kind: 'timeout', message: /100 ms/ };
      expect(await reasonOf(client.end({ timeout: 100 }))).toMatchObject(failure);
      if (qos > 0) expect(await reasonOf(published)).toMatchObject(failure);
      expect(await client.closed).toMatchObject(failure);
    }
  });

  test('reads the answer to its question also when more messages wait than are read otherwise', async () => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      const { body } = await connection.readPacket();
      await connection.send(Buffer.from([0x90, 4, body[0]!, body[1]!, 0, 0]));
      await connection.send(Buffer.concat(Array.from({ length: 3000 }, () => fromHex('30 05 0001 61 00 78'))));
      await confirm(connection);
      await connection.closed;
    });
    const client = await open(server);
    await client.subscribe('a', { qos: 0 }).granted;
    await client.publish('b', 'x', { qos: 0 });
    await client.end();
  });

  test('is over at once with its signal, and rejects with its reason', async () => {
    const client = await open(await silent());
    client.publish('a', 'x').catch(() => {});
    const giveUp = new AbortController();
    const ended = client.end({ signal: giveUp.signal });
    giveUp.abort('enough');
    expect(await reasonOf(ended)).toBe('enough');
    expect(client.connected).toBe(false);
    expect(await reasonOf((await open(await silent())).end({ signal: AbortSignal.abort('before') }))).toBe('before');
  });

  test('closes the client to new work at once', async () => {
    const client = await open(await silent());
    client.publish('a', 'x').catch(() => {});
    const ended = client.end({ timeout: 100 });
    ended.catch(() => {});
    expect(await reasonOf(client.publish('a', 'late'))).toMatchObject({ kind: 'not-connected' });
    expect(() => client.subscribe('a')).toThrow(Failure);
    await reasonOf(ended);
  });

  test('refuses a timeout that is not a number of milliseconds', async () => {
    const client = await open(await silent());
    expect(await reasonOf(client.end({ timeout: -1 }))).toMatchObject({ kind: 'invalid-input' });
  });
});
