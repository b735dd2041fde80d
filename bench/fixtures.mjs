// What the programs are measured with, in one directory: a real broker on three listeners, fake brokers, files to send.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @import { ChildProcess, StdioOptions } from 'node:child_process'
 * @import { AddressInfo } from 'node:net'
 */

const here = dirname(fileURLToPath(import.meta.url));
const BIG_BYTES = 100_000_000;

// This variable makes each start of Node parse a file, up to 35 ms on some machines, which is not to be measured.
/** @type {NodeJS.ProcessEnv} */
export const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
delete env['NODE_EXTRA_CA_CERTS'];
delete env['NODE_OPTIONS'];

/** Makes each fixture once, when a row requests it. `end` removes everything. */
export class Places {
  #folder = mkdtempSync(join(tmpdir(), 'tsmosq-bench-'));
  /** @type {ChildProcess[]} */
  #children = [];
  /** @type {Map<string, unknown>} */
  #made = new Map();

  end() {
    for (const child of this.#children) child.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The ports of a mosquitto without queue limits: `tcp`, `tls` and `ws`; and `ca`, a file. */
  broker() {
    return this.#once('broker', () => this.#startBroker());
  }

  /**
   * The port of a fake broker that sends `count` messages to every subscriber.
   * @param {number} qos
   * @param {number} count
   */
  sender(qos, count) {
    return this.#once(`sender ${qos} ${count}`, () => this.#fakeBroker(`${qos}`, `${count}`));
  }

  /** The port of a fake broker that accepts every message, and answers every request on the topic `answer`. */
  taker() {
    return this.sender(0, 0);
  }

  /** @param {number} count */
  lines(count) {
    return this.#once(`lines ${count}`, () =>
      this.#file(`lines-${count}`, Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('')),
    );
  }

  bigFile() {
    return this.#once('big', () => this.#file('big', Buffer.alloc(BIG_BYTES, 'payload ')));
  }

  /** A broker with a retained message of this size on the topic `big`. */
  bigRetained() {
    return this.#once('retained', async () => {
      const { tcp } = await this.broker();
      const words = ['-h', '127.0.0.1', '-p', `${tcp}`, '-t', 'big', '-r', '-q', '1', '-f', await this.bigFile()];
      if (spawnSync('mosquitto_pub', words, { env }).status !== 0) throw new Error('the large message is not taken');
      return tcp;
    });
  }

  /**
   * @template T
   * @param {string} name
   * @param {() => T} make
   */
  #once(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return /** @type {T} */ (this.#made.get(name));
  }

  /**
   * @param {string} name
   * @param {string | Buffer} content
   */
  #file(name, content) {
    const path = join(this.#folder, name);
    writeFileSync(path, content);
    return path;
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {StdioOptions} stdio
   */
  #start(command, args, stdio) {
    const child = spawn(command, args, { env, stdio });
    this.#children.push(child);
    return child;
  }

  /**
   * @param {...string} words
   * @returns {Promise<number>}
   */
  #fakeBroker(...words) {
    const child = this.#start(
      process.execPath,
      [join(here, 'fake-broker.mjs'), ...words],
      ['ignore', 'pipe', 'inherit'],
    );
    return new Promise((resolve) => child.stdout?.once('data', (line) => resolve(Number(line))));
  }

  async #startBroker() {
    const [tcp, tls, ws] = [await freePort(), await freePort(), await freePort()];
    const [cert, key] = [join(this.#folder, 'ca.crt'), join(this.#folder, 'ca.key')];
    const subject = ['-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
    const files = ['-keyout', key, '-out', cert];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...subject, ...files];
    execFileSync('openssl', request, { env, stdio: 'ignore' });
    const config = this.#file(
      'mosquitto.conf',
      [
        'per_listener_settings false\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0',
        `listener ${tcp} 127.0.0.1`,
        `listener ${ws} 127.0.0.1\nprotocol websockets`,
        `listener ${tls} 127.0.0.1\ncertfile ${cert}\nkeyfile ${key}`,
        process.getuid?.() === 0 ? 'user root\n' : '',
      ].join('\n'),
    );
    this.#start('mosquitto', ['-c', config], 'ignore').on('error', () => {});
    const words = ['-h', '127.0.0.1', '-p', `${tcp}`, '-t', 'x', '-m', 'x', '-q', '1'];
    for (let i = 0; i < 100; i++) {
      if (spawnSync('mosquitto_pub', words, { env, stdio: 'ignore' }).status === 0) return { tcp, tls, ws, ca: cert };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('mosquitto does not start');
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
