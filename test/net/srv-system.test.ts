/**
 * SRV records from the DNS server that the system's configuration names: in a mount namespace of its own, where
 * /etc/resolv.conf leads to a server of ours. That needs root.
 */
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { fakeServer } from '../support/fake-server.ts';
import { DNS_PORT, ownAddress, whyNoNameServer, withNameServers } from '../support/name-servers.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';

const reason = await whyNoNameServer();
if (reason !== undefined) console.warn(`SKIPPED: SRV records from the system's DNS server: ${reason}`);

describe.skipIf(reason !== undefined)('SRV records from the DNS server of the system', () => {
  async function connect(records: Parameters<typeof startDnsServer>[0], host: string): Promise<[string, DnsServer]> {
    const folder = tempDir();
    const program = join(folder, 'main.cjs');
    const entry = join(root, 'test', 'net', 'srv-main.ts');
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    const server = await startDnsServer(records, { address: ownAddress(), port: DNS_PORT });
    const { stdout, stderr } = await run(...withNameServers([server.address], process.execPath, [program, host]));
    return [`${stdout}${stderr}`, server];
  }

  it('lead to the first broker that takes the connection', async () => {
    const broker = await fakeServer(async () => {});
    const dead = await freePort();
    const records = {
      '_mqtt._tcp.example.test': [
        { target: 'localhost', port: broker.port, priority: 20, weight: 5 },
        { target: 'localhost', port: dead, priority: 10 },
      ],
    };
    const [reported, server] = await connect(records, 'example.test');
    expect(reported.split('\n')).toEqual([
      `Look up the SRV records of _mqtt._tcp.example.test: localhost port ${dead}, localhost port ${broker.port}`,
      'Look up localhost: 127.0.0.1',
      `Connect to 127.0.0.1 port ${dead}: Connection refused`,
      'Look up localhost: 127.0.0.1',
      `Connect to 127.0.0.1 port ${broker.port}: connected`,
      '',
    ]);
    expect(server.asked).toEqual(['_mqtt._tcp.example.test']);
  });

  it('may report that the service does not exist, or nothing', async () => {
    const records = { '_mqtt._tcp.none.test': [{ target: '.', port: 0 }], '_mqtt._tcp.empty.test': [] };
    for (const host of ['none.test', 'empty.test', 'missing.test']) {
      const [reported] = await connect(records, host);
      expect(reported).toBe(`Look up the SRV records of _mqtt._tcp.${host}: Lookup error\nLookup error\n`);
    }
  });
});
