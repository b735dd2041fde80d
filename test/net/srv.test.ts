/** SRV records (RFC 2782): the name asked for, the order, the targets tried, and the name that a certificate is for. */
import { describe, expect, it } from 'vitest';
import type { Resolver, SrvRecord } from '../../src/net/resolver.ts';
import { certificateName, srvName, srvTargets } from '../../src/net/srv.ts';
import { certificates } from '../support/certs.ts';
import { fakeServer } from '../support/fake-server.ts';
import { recordingServer } from '../support/tls.ts';
import { freePort } from '../support/tmp.ts';
import { attempt, CONNACK, failureOf, seen } from './rig.ts';
import { tls } from './tls-rig.ts';

const record = (name: string, port: number, priority = 0, weight = 0): SrvRecord => ({ name, port, priority, weight });

/** Answers with these records, or with an error of this code, and keeps what it is asked. */
function resolver(answer: readonly SrvRecord[] | string): Resolver & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    srv: async (name) => {
      asked.push(name);
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      return answer;
    },
    lookup: (_host, options, done) => {
      if (options.all) setImmediate(() => done(null, [{ address: '127.0.0.1', family: 4 }]));
      else setImmediate(() => done(null, '127.0.0.1', 4));
    },
  };
}

describe('the name asked for', () => {
  it('depends on TLS', () => {
    expect(srvName('example.com', false)).toBe('_mqtt._tcp.example.com');
    expect(srvName('example.com.', true)).toBe('_secure-mqtt._tcp.example.com');
    expect(srvName('bücher.example', true)).toBe('_secure-mqtt._tcp.xn--bcher-kva.example');
  });
});

describe('the order', () => {
  const order = async (records: readonly SrvRecord[], ...lots: number[]) =>
    (await srvTargets('h', false, resolver(records), undefined, () => lots.shift() ?? 0)).map(({ host }) => host);

  it('is by priority first', async () => {
    expect(await order([record('c', 1, 20), record('a', 1, 5), record('b', 1, 10)])).toEqual(['a', 'b', 'c']);
  });

  it('is by lot among equals, where the weight is the number of lots', async () => {
    const records = [record('heavy', 1, 0, 90), record('none', 1, 0, 0), record('light', 1, 0, 10)];
    expect(await order(records, 0)).toEqual(['none', 'light', 'heavy']);
    expect(await order(records, 0.05, 0.99)).toEqual(['light', 'heavy', 'none']);
    expect(await order(records, 0.5)).toEqual(['heavy', 'none', 'light']);
  });

  it('gives each its share', async () => {
    const records = [record('a', 1, 0, 75), record('b', 1, 0, 25)];
    let first = 0;
    for (let lot = 0; lot < 1000; lot++) if ((await order(records, lot / 1000))[0] === 'a') first++;
    expect(first).toBeGreaterThan(720);
    expect(first).toBeLessThan(780);
  });
});

describe('what the records may say', () => {
  const withoutRecords =
    'There are no SRV records for _mqtt._tcp.example.com. Omit -S, or ask the operator of the domain.';
  it.each([
    ['the name does not exist', 'ENOTFOUND', withoutRecords],
    ['the name has no such records', 'ENODATA', withoutRecords],
    ['an empty answer', [], withoutRecords],
    [
      'a target of "."',
      [record('.', 0)],
      'The SRV record of _mqtt._tcp.example.com states that MQTT is not offered there.',
    ],
    [
      'an empty target, as Node reads "."',
      [record('', 0)],
      'The SRV record of _mqtt._tcp.example.com states that MQTT is not offered there.',
    ],
    ['no answer', 'ETIMEOUT', "No DNS server answers for '_mqtt._tcp.example.com'. Check the network."],
  ])('%s is a failure of the lookup', async (_name, answer, advice) => {
    const names = resolver(answer);
    const { opened, lines } = attempt({ host: 'example.com', srv: true }, names);
    expect(seen(await failureOf(opened))).toEqual({ kind: 'lookup', status: 1, message: 'Lookup error', advice });
    expect(names.asked).toEqual(['_mqtt._tcp.example.com']);
    expect(lines()).toEqual(['lookup: Look up the SRV records of _mqtt._tcp.example.com: Lookup error']);
  });

  it('an address has none', async () => {
    const failure = await failureOf(attempt({ host: '127.0.0.1', srv: true }, resolver([])).opened);
    expect(failure.advice).toBe('127.0.0.1 is an address, but SRV records (-S) need a name.');
  });
});

describe('the targets', () => {
  it('are tried in their order until one takes the connection', async () => {
    const server = await fakeServer(async () => {});
    const dead = await freePort();
    const names = resolver([record('second.example.com', server.port, 2), record('first.example.com', dead, 1)]);
    const { opened, lines } = attempt({ host: 'example.com', port: 1, srv: true }, names);
    await opened;
    expect(lines()).toEqual([
      'lookup: Look up the SRV records of _mqtt._tcp.example.com: ' +
        `first.example.com port ${dead}, second.example.com port ${server.port}`,
      'lookup: Look up first.example.com: 127.0.0.1',
      `connect: Connect to 127.0.0.1 port ${dead}: Connection refused`,
      'lookup: Look up second.example.com: 127.0.0.1',
      `connect: Connect to 127.0.0.1 port ${server.port}: connected`,
    ]);
  });

  it('fail with what was wrong with the first one', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const names = resolver([record('a.example.com', first, 1), record('b.example.com', second, 2)]);
    const failure = await failureOf(attempt({ host: 'example.com', srv: true }, names).opened);
    expect(failure.advice).toBe(
      `Nothing listens on a.example.com port ${first}. Start the broker, or check -h and -p.`,
    );
  });

  it('are what a proxy is asked for', async () => {
    const server = await fakeServer(async (connection) => {
      while (!connection.received.includes('\r\n\r\n')) await new Promise((resolve) => setTimeout(resolve, 2));
      await connection.send(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
    });
    const proxy = { kind: 'http', host: '127.0.0.1', port: server.port } as const;
    const names = resolver([record('a.example.com', 1234)]);
    await attempt({ host: 'example.com', srv: true, proxy }, names).opened;
    expect((await server.connection(0)).received.toString()).toMatch(/^CONNECT a\.example\.com:1234 /);
  });
});

describe('the name that a certificate is for', () => {
  it.each([
    ['example.com', 'example.com', 'example.com'],
    ['example.com', 'MQTT1.Example.com.', 'mqtt1.example.com'],
    ['example.com', 'a.b.example.com', 'a.b.example.com'],
    ['mqtt.example.com', 'broker.example.com', 'mqtt.example.com'],
    ['mqtt.example.com', 'example.com', 'mqtt.example.com'],
    ['example.com', 'evil.test', 'example.com'],
    ['example.com', 'notexample.com', 'example.com'],
    ['example.com', 'example.com.evil.test', 'example.com'],
    ['a.co.uk', 'b.co.uk', 'a.co.uk'],
  ])('for %s and a record that leads to %s is %s', (host, target, name) => {
    expect(certificateName(host, target)).toBe(name);
  });
});

describe('SRV and TLS', () => {
  it('asks for _secure-mqtt, and connects', async () => {
    const server = await recordingServer(certificates().server, {}, (socket) => socket.write(CONNACK));
    const names = resolver([record('localhost', server.port)]);
    const { opened } = attempt({ host: 'localhost', srv: true, tls: tls() }, names);
    const watched = await opened;
    expect(await watched.received(4)).toEqual(CONNACK);
    expect(names.asked).toEqual(['_secure-mqtt._tcp.localhost']);
  });

  it('a forged record cannot lead to a server that is not HOST', async () => {
    const server = await recordingServer(certificates().wrongHost);
    // other.example has a good certificate, for other.example.
    const names = resolver([record('other.example', server.port)]);
    const failure = await failureOf(attempt({ host: 'localhost', srv: true, tls: tls() }, names).opened);
    expect(failure).toMatchObject({ kind: 'tls' });
    expect(failure.message).toContain('not for localhost');
    const direct = attempt({ host: 'other.example', port: server.port, tls: tls() }, names);
    await direct.opened;
  });
});
