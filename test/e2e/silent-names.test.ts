// A name server that does not answer holds up no end, and a healthy one is asked as ever. In a mount namespace of their
// own, where /etc/resolv.conf leads to servers of ours. That needs root.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test as one } from 'vitest';
import { startDnsServer } from '../support/dns-server.ts';
import { fakeServer } from '../support/fake-server.ts';
import { DNS_PORT, ownAddress, silentNameServer, whyNoNameServer, withNameServers } from '../support/name-servers.ts';
import { root } from '../support/root.ts';
import { type RunOptions, type RunResult, run, standalone, start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { accept, confirm } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const reason = await whyNoNameServer();
if (reason !== undefined) console.warn(`SKIPPED: silent name servers: ${reason}`);

/** Far below the 56 s that the C library takes for three silent servers and two domains. */
const LIMIT = 25_000;
const SEARCH = 'search a.test b.test\n';
const ONE = ['-t', 'a', '-m', 'x'];

async function silentServers(): Promise<{ addresses: string[]; asked: Promise<unknown> }> {
  const servers = await Promise.all([silentNameServer(), silentNameServer(), silentNameServer()]);
  return { addresses: servers.map(({ address }) => address), asked: Promise.race(servers.map(({ asked }) => asked)) };
}

/** A name server that knows some addresses, and a broker that takes one message. */
async function healthy(hosts: Record<string, readonly string[]>): Promise<{ address: string; port: number }> {
  const { address } = await startDnsServer({}, { address: ownAddress(), port: DNS_PORT, hosts });
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    await confirm(connection);
  });
  return { address, port };
}

const told = ({ stdout, stderr }: RunResult): string[] => `${stdout}${stderr}`.split('\n');

describe.skipIf(reason !== undefined)('while no name server answers', () => {
  for (const [program, args, status] of [
    ['tssub', ['-h', 'broker.test', '-t', 'a', '-W', '1'], 255],
    ['tssub', ['-h', 'broker.test', '-S', '-t', 'a', '-W', '1'], 255],
    ['tssub', ['-h', '127.0.0.1', '-A', 'here.test', '-t', 'a', '-W', '1'], 255],
    ['tssub', ['-h', 'broker.test', '--proxy', 'socks5h://proxy.test', '-t', 'a', '-W', '1'], 255],
    ['tssub', ['--url', 'wss://broker.test/mqtt/a', '-W', '1'], 255],
    ['tsrr', ['-h', 'broker.test', ...ONE, '-e', 'b', '-W', '1'], 27],
    ['tspub', ['-h', 'broker.test', ...ONE, '--connect-timeout', '5'], 1],
    ['tspub', ['-h', 'broker.test', ...ONE, '--connect-timeout', '5', '--retry', '1', '--retry-delay', '0.1'], 1],
  ] as const)
    test(`${program} ${args.join(' ')} ends when its time is over, with ${status}`, async () => {
      const { addresses } = await silentServers();
      const ended = await run(...withNameServers(addresses, program, args, SEARCH), { timeoutMs: LIMIT });
      expect(ended).toMatchObject({ status, signal: null });
    });

  for (const [program, args] of [
    ['tspub', ONE],
    ['tspub', [...ONE, '--spool', 'SPOOL']],
    ['tssub', ['-t', 'a']],
    ['tsrr', [...ONE, '-e', 'b']],
  ] as const)
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      test(`${program} ${args.join(' ')} ends at ${signal}`, async () => {
        const { addresses, asked } = await silentServers();
        const words = args.map((word) => (word === 'SPOOL' ? join(tempDir(), 'spool') : word));
        const running = start(...withNameServers(addresses, program, ['-h', 'broker.test', ...words], SEARCH));
        await asked;
        // By now the system's own lookup would be under way.
        await sleep(1000);
        running.child.kill(signal);
        const late = sleep(LIMIT, 'late', { ref: false });
        expect(await Promise.race([running.exited.then(() => 'ended'), late])).toBe('ended');
      });

  test('a name in /etc/hosts is found all the same', async () => {
    const { addresses } = await silentServers();
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      await confirm(connection);
    });
    const args = ['-h', 'localhost', '-A', 'localhost', '-p', `${port}`, ...ONE];
    expect(await run(...withNameServers(addresses, 'tspub', args), { timeoutMs: LIMIT })).toMatchObject({ status: 0 });
  });

  test('a program that uses the library is free to end once it gives up', async () => {
    const { addresses } = await silentServers();
    const program = join(tempDir(), 'main.mjs');
    const library = pathToFileURL(join(root, 'dist', 'index.js'));
    writeFileSync(
      program,
      `import { connect } from '${library}';
      connect({ host: 'broker.test', signal: AbortSignal.timeout(500) }).catch(({ name }) => console.log(name));`,
    );
    const words = withNameServers(addresses, process.execPath, [program], SEARCH);
    expect(told(await run(...words, { timeoutMs: LIMIT }))).toEqual(['TimeoutError', '']);
  });
});

describe.skipIf(reason !== undefined)('a name server that answers', () => {
  /** What Node's own lookup finds, from the same servers. */
  async function nodeFinds(name: string, servers: readonly string[]): Promise<string> {
    const script = `require('node:dns').lookup(process.argv[1], { all: true, hints: require('node:dns').ADDRCONFIG },
      (error, found) => console.log(error?.code ?? found.map(({ address }) => address).join(', ')));`;
    const { stdout } = await run(...withNameServers(servers, process.execPath, ['-e', script, name], SEARCH));
    return stdout.toString().trim();
  }

  const explained = (servers: readonly string[], args: readonly string[], options: RunOptions = {}) =>
    run(...withNameServers(servers, 'tspub', [...args, ...ONE, '--explain'], SEARCH), options);

  const HOSTS = {
    'four.test': ['127.0.0.1'],
    'six.test': ['::1'],
    'many.test': ['127.0.0.3', '::1', '127.0.0.2'],
    'short.b.test': ['127.0.0.1'],
  };

  test('gives the same addresses in the same order as ever', async () => {
    const { address } = await healthy(HOSTS);
    const dead = await freePort();
    for (const name of [...Object.keys(HOSTS), 'short', 'MANY.test', 'many.test.']) {
      const found = await nodeFinds(name, [address]);
      expect(found).toMatch(/^[\d.:, ]+$/);
      const { status, stdout, stderr } = await explained([address], ['-h', name, '-p', `${dead}`]);
      expect(status).toBe(1);
      expect(`${stdout}${stderr}`).toContain(`Look up ${name}: ${found}\n`);
    }
  });

  test('reports that the name does not exist', async () => {
    const { address } = await healthy(HOSTS);
    expect(await nodeFinds('nowhere.test', [address])).toBe('ENOTFOUND');
    const ended = await run(...withNameServers([address], 'tspub', ['-h', 'nowhere.test', ...ONE], SEARCH));
    expect([ended.status, ...told(ended)]).toEqual([
      1,
      'Unable to connect (Lookup error).',
      "Hint: The name 'nowhere.test' is unknown. Check its spelling, or add the domain.",
      '',
    ]);
  });

  test('is found behind one that does not', async () => {
    const silent = await silentNameServer();
    const { address, port } = await healthy(HOSTS);
    const args = ['-h', 'four.test', '-p', `${port}`];
    const { status, stdout, stderr } = await explained([silent.address, address], args);
    expect(`${stdout}${stderr}`).toContain('Look up four.test: 127.0.0.1\n');
    expect(status).toBe(0);
  });
});

describe.skipIf(reason !== undefined || standalone !== undefined)('the process that looks a name up', () => {
  /** The processes that this one has started. */
  const childrenOf = (pid: number): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => new RegExp(`^PPid:\\s+${pid}$`, 'm').test(contents(`/proc/${name}/status`)))
      .map(Number);

  function contents(path: string): string {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  }

  test('has no password of ours, and ends with the program even when that is killed', async () => {
    const { addresses } = await silentServers();
    const args = ['-h', 'broker.test', '-u', 'me', '-P', 'secret-word', ...ONE];
    const env = { MQTT_PASSWORD: 'secret-word', NODE_EXTRA: 'secret-word' };
    const running = start(...withNameServers(addresses, 'tspub', args, SEARCH), { env });
    const pid = running.child.pid!;
    // The shell that prepares the name servers also has children, and becomes the program.
    const lookups = () =>
      childrenOf(pid).filter((c) => contents(`/proc/${c}/cmdline`).includes('"host":"broker.test"'));
    await expect.poll(() => lookups().length).toBe(1);
    const [child] = lookups() as [number];
    expect(contents(`/proc/${child}/cmdline`)).not.toContain('secret-word');
    expect(contents(`/proc/${child}/environ`)).not.toContain('secret-word');
    await running.kill('SIGKILL');
    await expect.poll(() => contents(`/proc/${child}/status`)).not.toMatch(/^State:\s+[^ZX]/m);
  });
});
