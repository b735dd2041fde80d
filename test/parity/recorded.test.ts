/**
 * Runs of the Mosquitto 2.1 clients, recorded, repeated with our programs: standard output, standard error and exit
 * status are the same. Where we differ on purpose, DEPARTURES says why, and what we print instead is in the golden file
 * (UPDATE=1 writes it anew).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutHint } from '../support/hint.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { DEPARTURES, withQuestion } from './departures.ts';

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

interface Recorded {
  readonly id: string;
  readonly command: 'mosquitto_pub' | 'mosquitto_sub' | 'mosquitto_rr';
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly setup?: readonly (readonly string[])[];
  readonly needs?: 'broker';
  readonly stdout?: string;
  readonly stdout_note?: string;
  readonly stderr: string;
  readonly exit: number;
  readonly better?: { readonly stderr: string; readonly exit: number };
}

const here = import.meta.dirname;
const records = JSON.parse(readFileSync(join(here, '../fixtures/diagnostics.json'), 'utf8')) as Recorded[];
const goldenFile = join(here, '../golden/recorded-departures.json');
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Record<string, Result>;
const update = process.env['UPDATE'] === '1';
const written: Record<string, Result> = {};

/** Stands in no output. */
const NO_PORT = '\u{10ffff}';

const ourName = (command: string): string => command.replace(/^mosquitto_/, 'ts');

async function repeat(record: Recorded, port: number): Promise<Result> {
  const folder = tempDir();
  const fill = (text: string): string =>
    text.replaceAll('{tmp}', folder).replaceAll('{port}', `${port}`).replaceAll('{closed}', '1');
  for (const [name, content] of Object.entries(record.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), fill(content));
  }
  const env: Record<string, string | undefined> = { XDG_CONFIG_HOME: undefined };
  for (const [name, value] of Object.entries(record.env ?? {})) env[name] = fill(value);
  for (const [command, ...args] of record.setup ?? []) await run(ourName(command!), args.map(fill), { env });
  const { stdout, stderr, status } = await run(ourName(record.command), record.argv.map(fill), {
    env,
    cwd: folder,
    stdin: record.stdin ?? '',
  });
  const anonymous = (text: string): string =>
    text
      .replaceAll(folder, '{tmp}')
      .replaceAll(record.needs === 'broker' ? `${port}` : NO_PORT, '{port}')
      .replace(/(?<=Client pre)\d+/g, '{pid}')
      .replace(/auto-[0-9A-F-]{36}|mosq-\w{18}/g, '{clientid}')
      .replace(/("tst":\t?)"[^"]+"/g, '$1"{tst}"');
  return {
    // The usage text is ours.
    stdout: record.stdout_note === undefined ? anonymous(stdout.toString('utf8')) : '',
    stderr: withoutHint(anonymous(stderr), status),
    exit: status ?? -1,
  };
}

function expected(record: Recorded): Result {
  const { stderr, exit } = record.better ?? record;
  // 2.1 writes null where 2.0 wrote (null); scripts that read -d know the older form.
  const stdout = (record.stdout ?? '').replaceAll('Client null ', 'Client (null) ');
  return {
    stdout: record.command === 'mosquitto_pub' ? withQuestion(stdout) : stdout,
    stderr: stderr.replace(/'mosquitto_(\w+) --help'/, "'ts$1 --help'"),
    exit,
  };
}

async function check(record: Recorded, port: number): Promise<void> {
  const result = await repeat(record, port);
  if (!(record.id in DEPARTURES)) {
    expect(result).toEqual(expected(record));
    return;
  }
  expect(result, 'it is listed as a departure and is none').not.toEqual(expected(record));
  if (update) written[record.id] = result;
  else expect(result).toEqual(golden[record.id]);
}

const title = ({ id, command, argv }: Recorded): string => `${id}: ${ourName(command)} ${argv.join(' ')}`;

describe('a command line', () => {
  it.concurrent.each(
    records.filter(({ needs }) => needs === undefined).map((record) => [title(record), record] as const),
  )('%s', async (_, record) => check(record, 1));
});

describeWithMosquitto('on a broker', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startMosquitto({});
  });
  it.each(records.filter(({ needs }) => needs === 'broker').map((record) => [title(record), record] as const))(
    '%s',
    async (_, record) => check(record, broker.port),
  );
});

it('every departure is of a recorded run', () => {
  expect(Object.keys(DEPARTURES).filter((id) => !records.some((record) => record.id === id))).toEqual([]);
});

afterAll(() => {
  if (update)
    writeFileSync(goldenFile, `${JSON.stringify(Object.fromEntries(Object.entries(written).sort()), null, 1)}\n`);
});
