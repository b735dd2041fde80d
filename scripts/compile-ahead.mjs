// Runs the programs of a finished dist/ once, and stores the code that V8 compiles in dist/compiled/, because compiling
// is the larger part of a short run. Only this version of Node uses that code; others ignore it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSealed } from './compiled-file.cjs';

/**
 * @import { AddressInfo } from 'node:net'
 *
 * @typedef {{ folder: string, broker: string[] }} Place
 */

const recorder = join(dirname(fileURLToPath(import.meta.url)), 'record-compiled.cjs');
/** A run that hangs must not stop the build: the programs work without it. */
const PATIENCE_MS = 20_000;

/** Milliseconds after DISCONNECT at which the server closes its side. */
const LATE_MS = 300;

/**
 * Programs and their words. tsspool is left out: it is run by hand, and would add a thirteenth to the package to save
 * 10 ms. For a file that several runs load, the code of the first is stored, extended by runs with `more`.
 * @type {[name: string, words: (place: Place) => string[], more?: 'more'][]}
 */
const RUNS = [
  ['tspub', (place) => [...place.broker, '-t', 'a', '-m', 'x', '-q', '1']],
  ['tspub', (place) => [...place.broker, '-t', 'a', '-m', 'x'], 'more'],
  ['tsrr', (place) => [...place.broker, '-t', 'a', '-m', 'x', '-e', 'b']],
  ['tscheck', (place) => [...place.broker, 'up'], 'more'],
  ['tssub', (place) => [...place.broker, '-t', 'a', '-C', '1'], 'more'],
  ['tspasswd', (place) => ['-c', '-b', join(place.folder, 'passwords'), 'user', 'password']],
  ['tssub', (place) => [...place.broker, '-t', 'a', '-C', '1', '--exec', 'cat']],
  ['tspasswd', () => ['--help']],
];

/**
 * Directory of the code compiled for the running Node.
 * @param {string} dist
 */
export const compiledFolder = (dist) => join(dist, 'compiled', `${process.version}-${process.arch}`);

/**
 * Whether this dist/ has compiled code for the running Node, all of it from the present code.
 * @param {string} dist
 */
export function isCompiledAhead(dist) {
  const folder = compiledFolder(dist);
  return (
    existsSync(folder) &&
    readdirSync(folder).every((id) => {
      const code = join(dist, 'code', `${id}.js`);
      return !existsSync(code) || isSealed(readFileSync(join(folder, id)), readFileSync(code));
    })
  );
}

/** @param {string} dist */
export async function compileAhead(dist) {
  const server = await startServer();
  const folder = mkdtempSync(join(tmpdir(), 'tsmosq-build-'));
  const { port } = /** @type {AddressInfo} */ (server.address());
  const place = { folder, broker: ['-h', '127.0.0.1', '-p', `${port}`] };
  try {
    for (const [name, words, more] of RUNS) {
      const program = join(dist, `${name}.cjs`);
      if (existsSync(program)) await runOnce([program, ...words(place)], folder, more !== undefined);
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} command
 * @param {string} home
 * @param {boolean} more
 * @returns {Promise<void>}
 */
function runOnce(command, home, more) {
  // Without other variables: NODE_OPTIONS, TSMOSQ_* or a time zone would change what the programs do, and so what V8 compiles.
  const { PATH, SystemRoot } = process.env;
  const env = {
    PATH,
    ...(SystemRoot && { SystemRoot }),
    HOME: home,
    XDG_CONFIG_HOME: home,
    ...(more && { COMPILE_MORE: '1' }),
  };
  return new Promise((resolve) => {
    // V8's random numbers order its tables: with the same seed, the compiled code is the same, byte for byte.
    const child = spawn(process.execPath, ['--random-seed=1', '--require', recorder, ...command], {
      env,
      stdio: 'ignore',
      timeout: PATIENCE_MS,
    });
    child.on('error', () => resolve());
    child.on('exit', (status) => {
      if (status !== 0) console.error(`build: not compiled ahead: ${command.join(' ')} ended with ${status}`);
      resolve();
    });
  });
}

/** A minimal broker for short packets: accepts every client, and sends what it requests. */
async function startServer() {
  const server = createServer((socket) => {
    let v5 = false;
    const properties = () => (v5 ? [0] : []);
    /** @type {(header: number, ...body: number[]) => void} */
    const send = (header, ...body) => socket.write(Buffer.from([header, body.length, ...body]));
    /** @param {string} topic */
    const sendMessage = (topic) => send(0x30, 0, topic.length, ...Buffer.from(topic), ...properties(), 0x78);
    /** @type {Record<number, (packet: Buffer) => void>} */
    const answers = {
      1: (packet) => {
        v5 = packet[8] === 5;
        send(0x20, 0, 0, ...properties());
      },
      3: (packet) => {
        if ((packet.readUInt8(0) & 6) === 0) sendMessage('b');
        else send(0x40, ...packet.subarray(5, 7));
      },
      8: (packet) => {
        send(0x90, ...packet.subarray(2, 4), ...properties(), 0);
        if (packet.includes('a')) sendMessage('a');
      },
      12: () => send(0xd0),
      // Late, so that a program which need not wait for the close never sees it: the compiled code must not depend on timing.
      14: () => setTimeout(() => socket.end(), LATE_MS),
    };
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (let at = 0, end = 0; at + 1 < data.length; at = end) {
        end = at + 2 + data.readUInt8(at + 1);
        answers[data.readUInt8(at) >> 4]?.(data.subarray(at, end));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return server;
}
