// RabbitMQ with its MQTT plugin: a node, ports and folders of its own, beside whatever runs on this machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { at, type Place } from '../e2e/broker.ts';
import { packetEnd } from '../faults/proxy.ts';
import { cleanUp } from '../support/cleanup.ts';
import { start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';

/** Debian's wrapper in /usr/sbin changes the user; this is what it starts. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const STARTS_WITHIN = 90_000;

/** Starts a node; resolves with its MQTT port. */
export async function startRabbitmq(): Promise<number> {
  const folder = tempDir('file');
  const [mqtt, epmd, dist] = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'rabbitmq.conf');
  const plugins = join(folder, 'enabled_plugins');
  mkdirSync(join(folder, 'log'));
  writeFileSync(
    config,
    [
      'listeners.tcp = none',
      `mqtt.listeners.tcp.1 = 127.0.0.1:${mqtt}`,
      'mqtt.allow_anonymous = true',
      'log.console = true',
      'log.console.level = info',
      '',
    ].join('\n'),
  );
  writeFileSync(plugins, '[rabbitmq_mqtt].\n');
  const node = start(SERVER, [], {
    cwd: folder,
    env: {
      HOME: folder,
      ERL_EPMD_PORT: `${epmd}`,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `tsmosq-${process.pid}-${mqtt}@localhost`,
      RABBITMQ_DIST_PORT: `${dist}`,
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_CONFIG_FILE: config,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_PID_FILE: join(folder, 'pid'),
    },
  });
  // The port mapper that it brings along stays behind it, on its own port.
  cleanUp(async () => {
    await node.kill('SIGTERM');
    await start('/bin/sh', ['-c', 'exec epmd -port "$0" -kill', `${epmd}`]).exited;
  }, 'file');
  await node.waitForStdout('Server startup complete', STARTS_WITHIN);
  return mqtt;
}

/** A way there that sees who has been granted a subscription, which the log of the broker does not tell. */
export async function rabbitmqPlace(port: number): Promise<Place> {
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  const server = createServer((client) => {
    const broker = connect(port, '127.0.0.1');
    let id = '';
    watch(client, broker, (packet) => {
      if (packet[0]! >> 4 === 1) id = clientIdOf(packet);
    });
    watch(broker, client, (packet) => {
      if (packet[0]! >> 4 !== 9) return;
      seen.add(id);
      waiting.get(id)?.();
    });
  });
  cleanUp(() => void server.close(), 'file');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    args: at((server.address() as { port: number }).port),
    subscribed: async (clientId) => {
      if (!seen.has(clientId)) await new Promise<void>((resolve) => waiting.set(clientId, resolve));
    },
  };
}

/** Passes everything on, and shows each packet. */
function watch(from: Socket, to: Socket, see: (packet: Buffer) => void): void {
  let before = Buffer.alloc(0);
  from.on('error', () => to.destroy());
  from.on('data', (bytes) => {
    let all = Buffer.concat([before, bytes]);
    for (let end = packetEnd(all, 0); end !== undefined; end = packetEnd(all, 0)) {
      see(all.subarray(0, end));
      all = all.subarray(end);
    }
    before = Buffer.from(all);
  });
  from.pipe(to);
}

function clientIdOf(connectPacket: Buffer): string {
  const body = connectPacket.subarray(1 + connectPacket.subarray(1).findIndex((byte) => byte < 0x80) + 1);
  const from = 2 + body.readUInt16BE(0) + 4;
  return body.toString('utf8', from + 2, from + 2 + body.readUInt16BE(from));
}
