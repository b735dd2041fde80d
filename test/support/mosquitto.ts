// A real broker for each test, with its own configuration, ports and directory.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { cleanUp } from './cleanup.ts';
import { lastOf, whatItDoes } from './process-dump.ts';
import { launch, type Running } from './run.ts';
import { freePort, tempDir } from './tmp.ts';

export interface BrokerOptions {
  /** Whether clients without a user name may connect; default true. */
  anonymous?: boolean;
  /** User names and their passwords, written to a file by mosquitto_passwd. */
  users?: Record<string, string>;
  /** The text of a password file that mosquitto_passwd would not write. */
  passwordFile?: string;
  /** A second listener, with TLS. `ca` verifies client certificates; `extra` has further lines. */
  tls?: { cert: string; key: string; ca?: string; requireCertificate?: boolean; extra?: string[] };
  /** A listener for pre-shared keys: identity to key (hexadecimal). */
  psk?: { hint?: string; keys: Record<string, string> };
  /** A WebSocket listener; with `tls`, also a secure one. */
  websockets?: boolean;
  /** Also listens on this Unix-domain socket. */
  unix?: string;
  /** Stores its state in this directory, also across restarts. */
  persistence?: string;
  /** The address to listen on; default 127.0.0.1. */
  host?: string;
  /** Further lines of configuration. They are last, after the plain listener, so they may apply to it. */
  extra?: string[];
}

export interface Broker {
  host: string;
  port: number;
  tlsPort: number;
  pskPort: number;
  wsPort: number;
  wssPort: number;
  unix: string | undefined;
  folder: string;
  /** Its whole log, also across restarts. */
  log(): string;
  waitForLog(wanted: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Sends a signal (default SIGKILL); if the signal ends the broker, resolves after that. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops the broker, if it runs, and starts it again on the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Ports = Pick<Broker, 'port' | 'tlsPort' | 'pskPort' | 'wsPort' | 'wssPort'>;

const IN_USE = /Address already in use|EADDRINUSE/;

/** The path of the broker, if this machine has one. */
export function mosquittoAvailable(): string | undefined {
  const told = process.env['TSMOSQ_TEST_MOSQUITTO'];
  if (told) return told === 'none' ? undefined : told;
  return findProgram('mosquitto');
}

/** The path of a program, also in directories that only root has on the path. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/sbin',
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** describe() for tests that need the broker: skipped, with the reason, if it is missing, but failing under CI. */
export function describeWithMosquitto(name: string, body: () => void): void {
  if (mosquittoAvailable()) {
    describe(name, body);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      test('needs the mosquitto broker', () => {
        throw new Error('mosquitto was not found, and CI=true demands it');
      });
    });
  } else {
    console.warn(`SKIPPED: ${name}: mosquitto was not found`);
    describe.skip(`${name} [skipped: no mosquitto]`, body);
  }
}

export async function startMosquitto(options: BrokerOptions = {}): Promise<Broker> {
  const program = mosquittoAvailable();
  if (!program) throw new Error('mosquitto was not found: use describeWithMosquitto');
  const folder = tempDir();
  const config = join(folder, 'mosquitto.conf');
  const host = options.host ?? '127.0.0.1';
  const past: string[] = [];
  let ports: Ports;
  let running: Running | undefined;

  const log = () => past.join('') + (running?.stderr() ?? '');
  const isUp = () => running !== undefined && running.child.exitCode === null && running.child.signalCode === null;

  /** Resolves with false when a port was already in use. */
  const bringUp = async (): Promise<boolean> => {
    if (running) past.push(running.stderr());
    running = launch(program, ['-c', config], { cwd: folder });
    try {
      await running.waitForStderr(/mosquitto version \S+ running/, 40_000);
      return true;
    } catch (problem) {
      if (IN_USE.test(running.stderr())) return false;
      throw problem;
    }
  };

  const stop = async () => {
    if (!running || !isUp()) return;
    running.child.kill('SIGCONT'); // a stopped process does not handle the next signal
    // Ends a hanging broker. An earlier kill would keep a slow one from saving its sessions.
    const forced = setTimeout(() => running?.child.kill('SIGKILL'), 30_000);
    await running.kill('SIGTERM');
    clearTimeout(forced);
  };

  // Registered after the directory's clean-up, so it runs before that.
  cleanUp((failed) => {
    if (failed) console.log(`when the test failed: mosquitto\n${lastOf(log())}\n${whatItDoes(running?.child)}`);
    return stop();
  });
  for (let attempt = 1; ; attempt++) {
    ports = await choosePorts(options);
    writeFileSync(config, configuration(options, ports, host, folder));
    if (await bringUp()) break;
    if (attempt === 10) throw new Error(`mosquitto finds no free port:\n${log()}`);
  }

  return {
    ...ports,
    host,
    unix: options.unix,
    folder,
    log,
    async waitForLog(wanted, timeoutMs) {
      const before = past.join('');
      await running?.waitForStderr(
        (text) => (typeof wanted === 'string' ? (before + text).includes(wanted) : (before + text).search(wanted) >= 0),
        timeoutMs,
      );
      return log();
    },
    async kill(signal = 'SIGKILL') {
      if (!running || !isUp()) return;
      running.child.kill(signal);
      if (['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'].includes(signal)) await running.exited;
    },
    async restart() {
      await stop();
      for (let attempt = 1; !(await bringUp()); attempt++) {
        if (attempt === 50) throw new Error(`mosquitto does not get its port back:\n${log()}`);
        await sleep(100);
      }
    },
    stop,
  };
}

async function choosePorts(options: BrokerOptions): Promise<Ports> {
  const when = async (wanted: unknown) => (wanted ? await freePort() : 0);
  return {
    port: await freePort(),
    tlsPort: await when(options.tls),
    pskPort: await when(options.psk),
    wsPort: await when(options.websockets),
    wssPort: await when(options.websockets && options.tls),
  };
}

function configuration(options: BrokerOptions, ports: Ports, host: string, folder: string): string {
  const lines = ['log_dest stderr', 'log_type all', 'log_timestamp false', 'connection_messages true'];
  lines.push(`allow_anonymous ${options.anonymous ?? true}`);
  if (process.getuid?.() === 0) lines.push('user root');
  if (options.users || options.passwordFile !== undefined) {
    lines.push(`password_file ${writePasswords(options, join(folder, 'passwords'))}`);
  }
  if (options.persistence) {
    mkdirSync(options.persistence, { recursive: true });
    lines.push('persistence true', `persistence_location ${join(options.persistence, '/')}`);
  }
  if (options.psk) {
    const file = join(folder, 'psk');
    const keys = Object.entries(options.psk.keys).map(([identity, key]) => `${identity}:${key}\n`);
    writeFileSync(file, keys.join(''), { mode: 0o600 });
    lines.push(`psk_file ${file}`);
  }

  const tls: string[] = [];
  if (options.tls) {
    const { cert, key, ca, requireCertificate = false } = options.tls;
    tls.push(`certfile ${cert}`, `keyfile ${key}`, `require_certificate ${requireCertificate}`);
    if (ca) tls.push(`cafile ${ca}`);
    tls.push(...(options.tls.extra ?? []));
    lines.push(`listener ${ports.tlsPort} ${host}`, ...tls);
  }
  if (options.psk) {
    lines.push(`listener ${ports.pskPort} ${host}`, `psk_hint ${options.psk.hint ?? 'tsmosq'}`);
  }
  if (options.websockets) lines.push(`listener ${ports.wsPort} ${host}`, 'protocol websockets');
  if (options.websockets && options.tls) {
    lines.push(`listener ${ports.wssPort} ${host}`, 'protocol websockets', ...tls);
  }
  if (options.unix) lines.push(`listener 0 ${options.unix}`);
  lines.push(`listener ${ports.port} ${host}`, ...(options.extra ?? []));
  return `${lines.join('\n')}\n`;
}

function writePasswords(options: BrokerOptions, file: string): string {
  writeFileSync(file, options.passwordFile ?? '', { mode: 0o600 });
  for (const [user, password] of Object.entries(options.users ?? {})) {
    execFileSync('mosquitto_passwd', ['-b', file, user, password], { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return file;
}
