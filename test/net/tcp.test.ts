/**
 * Connecting by TCP and unix socket: what is tried, how it is traced, and what a failure reports.
 * Covers src/net/connect-error-bun.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialer } from '../../src/net/dial.ts';
import { connectAdvice, connectFailure } from '../../src/net/failures.ts';
import { endsFor, localAddressesOf } from '../../src/net/tcp.ts';
import { cleanUp } from '../support/cleanup.ts';
import { fakeServer } from '../support/fake-server.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { attempt, failureOf, PINGREQ, PINGRESP, seen, targetOf } from './rig.ts';

/** A resolver with an answer of its own. */
function resolver(...addresses: string[]): { lookup: LookupFunction; srv: () => Promise<[]> } {
  const family = (address: string): number => (address.includes(':') ? 6 : 4);
  return {
    srv: async () => [],
    lookup: (_host, options, done) =>
      setImmediate(() => {
        if (options.all)
          done(
            null,
            addresses.map((address) => ({ address, family: family(address) })),
          );
        else done(null, addresses[0] ?? '', family(addresses[0] ?? ''));
      }),
  };
}

describe('TCP', () => {
  it('traces the addresses of a name, and each that is tried', async () => {
    const server = await fakeServer(async () => {});
    const { opened, lines } = attempt({ host: 'broker.test', port: server.port }, resolver('127.0.0.2', '127.0.0.1'));
    await opened;
    expect(lines()).toEqual([
      'lookup: Look up broker.test: 127.0.0.2, 127.0.0.1',
      `connect: Connect to 127.0.0.2 port ${server.port}: Connection refused`,
      `connect: Connect to 127.0.0.1 port ${server.port}: connected`,
    ]);
  });

  it('reads from the address that answered', async () => {
    const server = await fakeServer(async (connection) => connection.send(PINGRESP));
    const { opened } = attempt({ host: 'broker.test', port: server.port }, resolver('127.0.0.2', '127.0.0.1'));
    expect(await (await opened).received(PINGRESP.length)).toEqual(PINGRESP);
  });

  it('reads to where there is space, and to memory of its own where there is none', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const server = await fakeServer(async (connection) => connection.send(sent));
    const long = Buffer.alloc(200_000);
    const received: Buffer[] = [];
    let length = 0;
    let inPlace = 0;
    await new Promise<void>((resolve) => {
      const dial = dialer(targetOf({ port: server.port }), { step: () => {}, passphrase: async () => undefined });
      const dialing = dial({
        data: (bytes) => {
          if (bytes.buffer === long.buffer) inPlace += bytes.length;
          received.push(Buffer.from(bytes));
          length += bytes.length;
          if (length === sent.length) resolve();
        },
        space: () => (length > 0 && inPlace < long.length ? long.subarray(inPlace) : undefined),
        drain: () => {},
        closed: () => {},
      });
      cleanUp(() => dialing.cancel());
    });
    expect(Buffer.concat(received)).toEqual(sent);
    expect(inPlace).toBe(long.length);
    const from = received[0]!.length;
    expect(long.equals(sent.subarray(from, from + long.length))).toBe(true);
  });

  it('needs no lookup for an address', async () => {
    const server = await fakeServer(async () => {});
    const { opened, lines } = attempt({ port: server.port });
    await opened;
    expect(lines()).toEqual([`connect: Connect to 127.0.0.1 port ${server.port}: connected`]);
  });

  it('fails with what was wrong with the first address', async () => {
    const port = await freePort();
    const { opened, lines } = attempt({ host: 'broker.test', port }, resolver('127.0.0.1', '127.0.0.2'));
    const advice = `Nothing listens on broker.test port ${port}. Start the broker, or check -h and -p.`;
    expect(seen(await failureOf(opened))).toEqual({
      kind: 'connect',
      status: 1,
      message: 'Connection refused',
      advice,
    });
    expect(lines()).toEqual([
      'lookup: Look up broker.test: 127.0.0.1, 127.0.0.2',
      `connect: Connect to 127.0.0.1 port ${port}: Connection refused`,
      `connect: Connect to 127.0.0.2 port ${port}: Connection refused`,
    ]);
  });

  it('says that a name is not known', async () => {
    const { opened, lines } = attempt({ host: 'nowhere.invalid' });
    const failure = await failureOf(opened);
    expect(failure).toMatchObject({ kind: 'lookup', status: 1, message: 'Lookup error' });
    expect(failure.advice).toContain('nowhere.invalid');
    expect(lines()).toEqual(['lookup: Look up nowhere.invalid: not found']);
  });

  it('-A: says that an address is not of this machine', async () => {
    const { opened, lines } = attempt({ port: 1, localAddress: '192.0.2.1' });
    expect(seen(await failureOf(opened))).toEqual({
      kind: 'connect',
      status: 1,
      message: 'Cannot assign requested address',
      advice: '192.0.2.1 is not an address of this machine. Check -A.',
    });
    expect(lines()).toEqual(['connect: Connect to 127.0.0.1 port 1: Cannot assign requested address']);
  });

  it.each([
    ['127.0.0.1', '::1', 'IPv4'],
    ['::1', '127.0.0.1', 'IPv6'],
  ])('-A: says that %s cannot be reached from %s', async (host, localAddress, family) => {
    const { opened, lines } = attempt({ host, port: 1, localAddress });
    expect(seen(await failureOf(opened))).toEqual({
      kind: 'connect',
      status: 1,
      message: 'Address family not supported by protocol',
      advice: `${host} cannot be reached from ${localAddress}. Give -A an ${family} address of this machine, or omit it.`,
    });
    expect(lines()).toEqual([`connect: Connect to ${host} port 1: Address family not supported by protocol`]);
  });

  it('-A: says which family a name has no address of', async () => {
    const failure = await failureOf(attempt({ host: 'nowhere.invalid', localAddress: '::1' }).opened);
    expect(failure).toMatchObject({
      kind: 'lookup',
      advice: "The name 'nowhere.invalid' is unknown, or has no IPv6 address, which -A ::1 needs.",
    });
  });

  it('-A: connects from that address', async () => {
    const server = await fakeServer(async () => {});
    const { opened } = attempt({ host: 'localhost', port: server.port, localAddress: '127.0.0.3' });
    await opened;
    expect((await server.connection(0)).socket.remoteAddress).toBe('127.0.0.3');
  });

  it('-A: of a name with addresses of both families the one that fits is taken', async () => {
    const server = await fakeServer(async () => {});
    const { opened, lines } = attempt({ port: server.port, localAddress: 'me.test' }, resolver('::1', '127.0.0.4'));
    await opened;
    expect((await server.connection(0)).socket.remoteAddress).toBe('127.0.0.4');
    expect(lines()).toEqual([`connect: Connect to 127.0.0.1 port ${server.port}: connected`]);
  });

  it('-A: names on both ends are tried in each family', async () => {
    const lookup: LookupFunction = (host, options, done) => {
      const all = host === 'me.test' ? resolver('::1', '127.0.0.4') : resolver('127.0.0.1');
      const missing = Object.assign(new Error('no such name'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
      if (options.family === 6) setImmediate(() => done(missing, []));
      else all.lookup(host, options, done);
    };
    const from = { host: 'broker.test', localAddress: 'me.test' };
    const server = await fakeServer(async () => {});
    await attempt({ ...from, port: server.port }, { ...resolver(), lookup }).opened;
    expect((await server.connection(0)).socket.remoteAddress).toBe('127.0.0.4');
    const { opened } = attempt({ ...from, port: await freePort() }, { ...resolver(), lookup });
    expect(await failureOf(opened)).toMatchObject({ kind: 'connect', message: 'Connection refused' });
  });

  it('ends with undefined when the server ends in order', async () => {
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send(PINGRESP);
      await connection.close();
    });
    const watched = await attempt({ port: server.port }).opened;
    watched.stream.write(PINGREQ);
    expect(await watched.closed).toBe(undefined);
    expect(watched.pieces).toEqual([PINGRESP]);
  });
});

describe('unix sockets', () => {
  const at = (unixPath: string) => attempt({ host: '', unixPath });

  it('are traced by their path', async () => {
    const unix = join(tempDir(), 'socket');
    await fakeServer(async () => {}, { unix });
    const { opened, lines } = at(unix);
    await opened;
    expect(lines()).toEqual([`connect: Connect to ${unix}: connected`]);
  });

  it('say what is wrong with the path', async () => {
    const folder = tempDir();
    const missing = join(folder, 'missing');
    const file = join(folder, 'file');
    const inFile = join(file, 'x');
    writeFileSync(file, '');
    mkdirSync(join(folder, 'dir'));
    const found = [];
    for (const path of [missing, file, inFile]) found.push(seen(await failureOf(at(path).opened)));
    const lost = (path: string) => `The socket '${path}' does not exist. Start the broker, or check the path.`;
    expect(found).toEqual([
      { kind: 'connect', status: 1, message: 'No such file or directory', advice: lost(missing) },
      {
        kind: 'connect',
        status: 1,
        message: 'Connection refused',
        advice: `'${file}' is not a socket.`,
      },
      { kind: 'connect', status: 1, message: 'Not a directory', advice: lost(inFile) },
    ]);
  });

  it('say that their broker takes no more connections now', () => {
    const place = { host: '', port: 0, unixPath: '/s', what: 'broker' } as const;
    const error = { code: 'EAGAIN' };
    expect(seen(connectFailure(error, connectAdvice(error, place)))).toEqual({
      kind: 'connect',
      status: 1,
      message: 'Resource temporarily unavailable',
      advice: "Too many connections wait at '/s'. The broker is busy or hangs.",
    });
  });
});

describe('our ends', () => {
  const answers =
    (...found: { address: string; family: number }[]): LookupFunction =>
    (_name, _options, done) =>
      done(null, found);
  const V4 = { address: '192.0.2.1', family: 4 };
  const V6 = { address: '2001:db8::1', family: 6 };

  it('are the address that -A gives, or the first of each family that its name has', async () => {
    const refuse: LookupFunction = () => {
      throw new Error('looked up');
    };
    expect(await localAddressesOf('192.0.2.7', refuse)).toEqual(['192.0.2.7']);
    expect(await localAddressesOf('::1', refuse)).toEqual(['::1']);
    const second = { address: '192.0.2.2', family: 4 };
    expect(await localAddressesOf('name', answers(V4, second, V6, V4))).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(await localAddressesOf('name', answers(V6, V4))).toEqual(['2001:db8::1', '192.0.2.1']);
    const plain: LookupFunction = (_name, _options, done) => done(null, '192.0.2.9', 4);
    expect(await localAddressesOf('name', plain)).toEqual(['192.0.2.9']);
  });

  it('are asked for with all addresses of a name, which may not be known', async () => {
    const asked: unknown[] = [];
    const lost: LookupFunction = (name, options, done) => {
      asked.push(name, options);
      done(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
    };
    const failure = await failureOf(localAddressesOf('name', lost) as never);
    expect(seen(failure)).toEqual({
      ...{ kind: 'lookup', status: 1, message: 'Lookup error' },
      advice: "The name 'name' is unknown. Check its spelling, or add the domain.",
    });
    expect(asked).toEqual(['name', { all: true }]);
  });

  it.each([
    ['127.0.0.1', ['192.0.2.1']],
    ['::1', ['2001:db8::1']],
    ['name', ['192.0.2.1', '2001:db8::1']],
  ])('from which %s can be reached are %j', (host, ends) => {
    expect(endsFor(host, ['192.0.2.1', '2001:db8::1'])).toEqual(ends);
    // What does not fit is tried all the same: the system says why not.
    expect(endsFor(host, ['192.0.2.1'])).toEqual(['192.0.2.1']);
  });
});
