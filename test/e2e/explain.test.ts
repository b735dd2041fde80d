// Why a connection cannot be made: the hint behind a failure, every step with --explain, and how long is waited.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test as one } from 'vitest';
import { blackHole } from '../support/black-hole.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { fakeServer } from '../support/fake-server.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { LOST_AND_BACK, timeless } from '../support/outage.ts';
import { type RunResult, run, start } from '../support/run.ts';
import { tcpServer } from '../support/tls.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept, confirm } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const PUB = ['-t', 'a', '-m', 'x'];

/** What it said on standard error, with the port as {port}. */
function said({ status, stderr }: RunResult, port: number): [number | null, string] {
  return [status, stderr.replaceAll(`${port}`, '{port}')];
}

const tspub = async (port: number, ...args: string[]): Promise<[number | null, string]> =>
  said(await run('tspub', [...at(port), ...PUB, ...args]), port);

describe('a failed connection is reported in the words of Mosquitto, and one hint', () => {
  test('when nothing listens there', async () => {
    expect(await tspub(await freePort())).toEqual([
      1,
      'Error: Connection refused\nHint: Nothing listens on 127.0.0.1 port {port}. Start the broker, or check -h and -p.\n',
    ]);
  });

  test('when the name is unknown', async () => {
    expect(said(await run('tspub', ['-h', 'nosuch.invalid', ...PUB]), 0)).toEqual([
      1,
      'Unable to connect (Lookup error).\n' +
        "Hint: The name 'nosuch.invalid' is unknown. Check its spelling, or add the domain.\n",
    ]);
  });

  test('when a unix socket is not there', async () => {
    const path = join(tempDir(), 'socket');
    const { status, stderr } = await run('tspub', ['--unix', path, ...PUB]);
    expect([status, stderr.replaceAll(path, '{path}')]).toEqual([
      1,
      "Error: No such file or directory\nHint: The socket '{path}' does not exist. Start the broker, or check the path.\n",
    ]);
  });

  test('when the path of a unix socket goes through a file, or in a circle', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('circle', join(folder, 'circle'));
    const said = async (name: string) => (await run('tspub', ['--unix', join(folder, name), ...PUB])).stderr;
    expect(await said('file/socket')).toMatch(/^Error: Not a directory\nHint: The socket /);
    expect(await said('circle')).toBe('Error: Too many levels of symbolic links\n');
  });

  test('but with --quiet nothing is printed', async () => {
    expect(await tspub(await freePort(), '--quiet')).toEqual([1, '']);
  });

  const closed = 'Error: The connection was lost\nHint: No CONNACK arrived. The port may need ';

  test('when the server closes in place of CONNACK', async () => {
    const { port } = await fakeServer((connection) => connection.close());
    expect(await tspub(port)).toEqual([7, `${closed}TLS (--cafile), WebSocket (--ws) or another MQTT version (-V).\n`]);
  });

  test('when it answers with a TLS alert or with HTTP', async () => {
    const alert = await tcpServer((socket) => socket.end(Buffer.from('15030300020246', 'hex')));
    const http = await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await tspub(alert))[1]).toMatch(
      /^Error: Malformed packet: .+\nHint: This port speaks TLS. Use --cafile FILE or --tls-use-os-certs.\n$/,
    );
    expect((await tspub(http))[1]).toMatch(/\nHint: This port speaks HTTP. For MQTT over WebSocket, use --ws.\n$/);
  });

  const refusals: [string, number, string[], string][] = [
    ['-V 5 on a server of MQTT 3', 0x84, ['-V', '5'], 'The broker does not support MQTT 5. Try -V 311.'],
    ['an identifier', 2, [], 'The broker rejects this client ID. Use another one with -i.'],
    ['an identifier', 0x85, ['-V', '5'], 'The broker rejects this client ID. Use another one with -i.'],
    ['credentials', 4, ['-u', 'u', '-P', 'p'], 'Check the user name (-u) and the password (-P or --password-file).'],
    [
      'a client without credentials',
      5,
      [],
      'The broker requires a user name and a password. Use -u with -P or --password-file.',
    ],
  ];
  for (const [name, code, args, hint] of refusals) {
    test(`when CONNACK ${code} refuses ${name}`, async () => {
      const { port } = await fakeServer(async (connection) => void (await accept(connection, code)));
      const [status, stderr] = await tspub(port, ...args);
      expect(status).toBe(code);
      expect(stderr).toMatch(/^Connection error: .+\nError: .+\nHint: .+\n$/);
      expect(stderr.slice(stderr.indexOf('Hint: '))).toBe(`Hint: ${hint}\n`);
    });
  }
});

describe('--explain prints each step', () => {
  const connect = '* Connect to 127.0.0.1 port {port}: connected\n';
  const nobody = '* CONNECT with MQTT 3.1.1, without a client ID, with no user name: ';

  test('of a connection that is made, and the program goes on as without it', async () => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      await confirm(connection);
    });
    expect(await tspub(server.port, '--explain')).toEqual([0, `${connect}${nobody}CONNACK 0, accepted\n`]);
  });

  test('of one that is refused, with every address', async () => {
    const port = await freePort();
    expect(said(await run('tspub', [...at(port), ...PUB, '--explain']), port)).toEqual([
      1,
      '* Connect to 127.0.0.1 port {port}: Connection refused\n' +
        '  -> Nothing listens on 127.0.0.1 port {port}. Start the broker, or check -h and -p.\n' +
        'Error: Connection refused\n',
    ]);
  });

  test('of several attempts, once and in the order of time', async () => {
    const port = await freePort();
    const args = ['-h', 'localhost', '-p', `${port}`, ...PUB, '--explain', '--retry', '2', '--retry-delay', '0.01'];
    const { status, stderr } = await run('tspub', args);
    const lines = stderr.split('\n').slice(0, -1);
    expect(status).toBe(1);
    expect(lines[0]).toBe(`* Connect to 127.0.0.1 port ${port}: Connection refused`);
    expect(lines[1]).toMatch(/^\* Look up localhost: /);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.slice(-3).map((line) => line.slice(0, 7))).toEqual(['  -> No', 'Warning', 'Error: ']);
  });

  test('through a proxy that does not get there', async () => {
    const proxy = await startHttpProxy();
    const port = await freePort();
    const [status, stderr] = await tspub(port, '--explain', '--proxy', `http://u:secret@127.0.0.1:${proxy.port}`);
    expect(status).toBe(16);
    expect(stderr.replaceAll(`${proxy.port}`, '{proxy}')).toMatch(
      /^\* Connect to 127\.0\.0\.1 port \{proxy\}: connected\n\* HTTP proxy 127\.0\.0\.1 port \{proxy\} to 127\.0\.0\.1 port \{port\}: Proxy error: .+\n {2}-> .+\nError: Proxy error: .+\n$/,
    );
    expect(stderr).not.toMatch('secret');
  });

  describeWithMosquitto('on a real broker', () => {
    test('with TLS: whom the certificate is for, who issued it, its dates', async () => {
      const { server, ca } = certificates();
      const { tlsPort } = await startMosquitto({ tls: server });
      const args = ['-h', 'localhost', '-p', `${tlsPort}`, '--cafile', ca, ...PUB, '--explain'];
      const [status, stderr] = said(await run('tspub', args), tlsPort);
      expect(status).toBe(0);
      expect(stderr).toMatch(/^\* Connect to 127\.0\.0\.1 port \{port\}: connected\n/);
      expect(stderr).toMatch(/\n\* TLS handshake with localhost: TLSv1\.3, TLS_AES_256_GCM_SHA384\n/);
      expect(stderr).toMatch(/\n {4}Certificate for: localhost, 127\.0\.0\.1, .+\n {4}Issued by: .+\n {4}Valid: .+\n/);
      expect(stderr).toMatch(/: CONNACK 0, accepted\n$/);
    });

    test('plain text on a port for TLS is found out', async () => {
      const { tlsPort } = await startMosquitto({ tls: certificates().server });
      const [status, stderr] = await tspub(tlsPort, '--explain');
      expect(status).toBe(7);
      expect(stderr).toBe(
        `${connect}${nobody}The connection was lost\n* Try TLS on the same port: it answers\n` +
          '  -> This port speaks TLS. Use --cafile FILE or --tls-use-os-certs.\nError: The connection was lost\n',
      );
    });

    test('TLS on a plain port is found out, and no user name or password is sent there', async () => {
      const broker = await startMosquitto();
      const [status, stderr] = await tspub(
        broker.port,
        ...['--cafile', certificates().ca, '-u', 'rajan', '-P', 'secret', '--explain'],
      );
      expect(status).toBe(8);
      expect(stderr).toMatch(
        /\n\* Try MQTT without TLS on the same port: it answers\n {2}-> This port speaks plain MQTT\. /,
      );
      expect(broker.log()).not.toMatch('rajan');
    });
  });
});

describe('--connect-timeout', () => {
  const LATE = 'Error: Connection timed out\n';

  test('ends a connection that a black hole does not answer', async () => {
    const port = await blackHole();
    expect(await tspub(port, '--connect-timeout', '1')).toEqual([
      1,
      `${LATE}Hint: The host does not answer. Check the address and the firewalls.\n`,
    ]);
    const [, stderr] = await tspub(port, '--connect-timeout', '1', '--explain');
    expect(stderr).toMatch(/^\* Connect: Connection timed out\n/);
  });

  const silent = () => tcpServer(() => {});

  test('ends one whose server says nothing to CONNECT', async () => {
    // Time enough for a busy machine to get as far as that.
    expect(await tspub(await silent(), '--connect-timeout', '3')).toEqual([
      1,
      `${LATE}Hint: No CONNACK arrived. The port may need TLS (--cafile), WebSocket (--ws) or another MQTT version (-V).\n`,
    ]);
  });

  test('ends one whose proxy, or WebSocket server, says nothing', async () => {
    const port = await silent();
    for (const [args, hint] of [
      [['--proxy', `http://127.0.0.1:${port}`], 'The proxy does not answer'],
      [['--proxy', `socks5h://127.0.0.1:${port}`], 'The proxy does not answer'],
      [['--ws'], 'The WebSocket handshake got no answer'],
    ] as const) {
      const [status, stderr] = await tspub(port, ...args, '--connect-timeout', '3');
      expect([status, stderr.slice(0, LATE.length)]).toEqual([1, LATE]);
      expect(stderr).toMatch(`Hint: ${hint}`);
    }
  });

  describeWithMosquitto('under TLS', () => {
    test('ends one whose server does not answer the handshake, for tssub too', async () => {
      const port = await silent();
      const args = ['-h', 'localhost', '-p', `${port}`, '--cafile', certificates().ca, '--connect-timeout', '3'];
      for (const [program, ...more] of [
        ['tspub', ...PUB],
        ['tssub', '-t', 'a'],
        ['tsrr', ...PUB, '-e', 'b'],
      ] as const) {
        const { status, stderr } = await run(program, [...args, ...more]);
        expect([program, status, stderr]).toEqual([
          program,
          1,
          `${LATE}Hint: The TLS handshake got no answer. Check that this port speaks TLS.\n`,
        ]);
      }
    });
  });
});

describe('--retry', () => {
  const AGAIN = 'Warning: Connection refused; connecting again.\n';

  test('retries that many times, warns once, then reports the failure', async () => {
    const [status, stderr] = await tspub(await freePort(), '--retry', '2', '--retry-delay', '0.01');
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${AGAIN}Error: Connection refused\nHint: .+\n$`));
  });

  test('of tsrr and tssub says the same', async () => {
    for (const [program, ...args] of [
      ['tsrr', '-t', 'a', '-e', 'b', '-m', 'x'],
      ['tssub', '-t', 'a'],
    ] as const) {
      const retry = ['--retry', '1', '--retry-delay', '0.01'];
      const { status, stderr } = await run(program, [...at(await freePort()), ...args, ...retry]);
      expect(status).toBe(1);
      expect(stderr).toMatch(new RegExp(`^${AGAIN}Error: Connection refused\nHint: .+\n$`));
    }
  });

  test('finds a broker that comes up meanwhile', async () => {
    const port = await freePort();
    const running = start('tspub', [...at(port), ...PUB, '-q', '1', '--retry', '100', '--retry-delay', '0.1']);
    await running.waitForStderr(AGAIN);
    const server = createServer((socket) => {
      socket.on('data', (bytes) => {
        if (bytes[0] === 0x10) socket.write(Buffer.from('20020000', 'hex'));
        else if (bytes[0] === 0x32) socket.write(Buffer.from('40020001', 'hex'));
        else socket.end();
      });
    });
    cleanUp(() => server.close());
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { status, stderr } = await running.exited;
    expect(status).toBe(0);
    expect(stderr).toMatch(new RegExp(`^${AGAIN}Connected after \\d+ s and \\d+ attempts\\.\n$`));
  });

  test('--retry-max-time ends it earlier', async () => {
    const args = ['--retry', '1000', '--retry-delay', '0.2', '--retry-max-time', '0.5'];
    const server = await fakeServer((connection) => connection.close());
    expect((await tspub(server.port, ...args))[0]).toBe(7);
    expect(server.connections.length).toBeLessThanOrEqual(3);
  });

  test('never tries wrong credentials again', async () => {
    const server = await fakeServer(async (connection) => void (await accept(connection, 4)));
    expect((await tspub(server.port, '--retry', '3', '-u', 'u', '-P', 'p'))[0]).toBe(4);
    expect(server.connections).toHaveLength(1);
  });

  test('brings a message at QoS 1 over a connection that was lost before PUBACK', async () => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      const { header, body } = await connection.readPacket();
      if (server.connections.length === 1) return connection.close();
      expect(header & 0x08).toBe(8); // DUP
      await connection.send(Buffer.from([0x40, 2, body[3]!, body[4]!]));
      await connection.readPacket();
    });
    const [status, stderr] = await tspub(server.port, '-q', '1', '--retry', '2', '--retry-delay', '0.1');
    expect([status, timeless(stderr)]).toEqual([0, LOST_AND_BACK]);
  });

  describeWithMosquitto('under TLS', () => {
    test('never tries a certificate again that is not trusted', async () => {
      const { server, otherCa } = certificates();
      const { tlsPort } = await startMosquitto({ tls: server });
      const args = ['-h', 'localhost', '-p', `${tlsPort}`, '--cafile', otherCa, ...PUB, '--retry', '3'];
      const { status, stderr } = await run('tspub', args);
      expect(status).toBe(8);
      expect(stderr).not.toMatch('connecting again');
    });
  });
});

describeWithMosquitto('secrets', () => {
  const SECRET = 'hush-hush-4711';

  test('are in nothing that the programs print, whatever fails', { timeout: 240_000 }, async () => {
    const folder = tempDir();
    const file = join(folder, 'password');
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    const broker = await startMosquitto({ anonymous: false, users: { rajan: 'other' } });
    const nowhere = await freePort();
    const places: string[][] = [
      at(broker.port),
      at(nowhere),
      [...at(broker.port), '--proxy', `socks5h://u:${SECRET}@127.0.0.1:${nowhere}`],
      [...at(broker.port), '--proxy', `http://u:${SECRET}@127.0.0.1:${broker.port}`],
      [...at(broker.port), '--psk', Buffer.from(SECRET).toString('hex'), '--psk-identity', 'i'],
      ['-L', `mqtt://rajan:${SECRET}@127.0.0.1:${broker.port}/a`],
      ['-L', `mqtt://rajan:${SECRET}@127.0.0.1:${nowhere}/a`],
      [...at(broker.port), '--ws', '--ws-header', `Authorization: Bearer ${SECRET}`],
    ];
    const credentials: string[][] = [['-u', 'rajan', '-P', SECRET], ['-u', 'rajan', '--password-file', file], []];
    const env = { TSMOSQ_PW: SECRET, TSMOSQ_USERNAME: 'rajan' };
    const hex = Buffer.from(SECRET).toString('hex');
    for (const place of places) {
      for (const [i, more] of credentials.entries()) {
        const words = [...place, ...more, '-d', '--explain', '--connect-timeout', '5'];
        const results = await Promise.all([
          run('tspub', [...words, ...PUB], i === 2 ? { env } : {}),
          run('tssub', [...words, '-t', 'a', '-W', '1'], i === 2 ? { env } : {}),
        ]);
        for (const { stdout, stderr } of results) {
          expect(`${stdout}${stderr}`).not.toMatch(SECRET);
          expect(`${stdout}${stderr}`).not.toMatch(hex);
        }
      }
    }
  });

  test('are not in /proc/PID/cmdline when they come from a file or the environment', async () => {
    const file = join(tempDir(), 'password');
    writeFileSync(file, SECRET, { mode: 0o600 });
    const seen: string[] = [];
    const server = await fakeServer(async (connection) => {
      const { bytes } = await connection.readPacket();
      seen.push(bytes.toString('latin1'));
    });
    const running = [
      start('tssub', [...at(server.port), '-t', 'a', '-u', 'u', '--password-file', file]),
      start('tssub', [...at(server.port), '-t', 'a', '-u', 'u'], { env: { TSMOSQ_PW: SECRET } }),
    ];
    await server.connection(1);
    await expect.poll(() => seen.filter((connect) => connect.includes(SECRET)).length, { timeout: 20_000 }).toBe(2);
    for (const { child } of running) expect(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')).not.toMatch(SECRET);
  });
});
