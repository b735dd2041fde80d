/** Paho, the Python client of Eclipse, as Debian has it (python3-paho-mqtt). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { type RunResult, run, start } from '../support/run.ts';
import { interoperates, type Message, type Peer } from './suite.ts';

/** Debian's packages are for this one; another may come first on the path. */
const PYTHON = '/usr/bin/python3';
const PEER = join(import.meta.dirname, 'paho_peer.py');

interface Told extends Omit<Message, 'payload' | 'properties'> {
  readonly payload: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly 'correlation-data'?: string };
}

const encode = ({ payload, properties, ...rest }: Message): string => {
  const data = properties['correlation-data'];
  const encoded = data === undefined ? properties : { ...properties, 'correlation-data': data.toString('base64') };
  return `${JSON.stringify({ ...rest, payload: payload.toString('base64'), properties: encoded })}\n`;
};

const decode = (line: string): Message => {
  const { payload, properties, ...rest } = JSON.parse(line) as Told;
  const data = properties['correlation-data'];
  const decoded = data === undefined ? properties : { ...properties, 'correlation-data': Buffer.from(data, 'base64') };
  return { ...rest, payload: Buffer.from(payload, 'base64'), properties: decoded as Message['properties'] };
};

function succeed({ status, stderr }: RunResult): void {
  if (status !== 0) throw new Error(`paho_peer.py ends with ${status}: ${stderr}`);
}

const paho: Peer = {
  async publish(port, version, messages) {
    const stdin = messages.map(encode).join('');
    succeed(await run(PYTHON, [PEER, 'publish', `${port}`, version], { stdin }));
  },
  async subscribe(port, version, filter, qos, count) {
    const running = start(PYTHON, [PEER, 'subscribe', `${port}`, version, filter, `${qos}`, `${count}`]);
    await running.waitForStdout('"subscribed"\n');
    const messages = running.exited.then((result) => {
      succeed(result);
      const lines = result.stdout.toString().trimEnd().split('\n');
      return lines.filter((line) => line !== '"subscribed"').map(decode);
    });
    return { messages };
  },
};

if (spawnSync(PYTHON, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' }).status === 0) {
  describe('Paho', () => interoperates(['31', '311', '5'], paho));
} else if (process.env['CI'] === 'true') {
  it('needs Paho', () => {
    throw new Error(`paho.mqtt was not found by ${PYTHON}, and CI=true demands it`);
  });
} else {
  console.warn(`SKIPPED: Paho: paho.mqtt was not found by ${PYTHON}`);
  describe.skip('Paho [skipped: not found]', () => interoperates(['31', '311', '5'], paho));
}
