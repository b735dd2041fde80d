/**
 * Recorded runs of the Mosquitto 2.1 clients, repeated with our programs: standard output, standard error and exit
 * status are the same. departures.ts lists the runs that differ on purpose, and the golden file has what our programs print
 * (UPDATE=1 rewrites it).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPDATING } from '../support/golden.ts';
import { withoutHint } from '../support/hint.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { ANSWERS, ANSWERS_FILE, type Answer, BY_BROKER, isDeparture, withQuestion } from './departures.ts';

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
}

const here = import.meta.dirname;
const records = JSON.parse(readFileSync(join(here, '../fixtures/diagnostics.json'), 'utf8')) as Recorded[];
const written: Record<string, Answer> = {};

/** Stands for a usage text, which is our own and was not recorded. */
const USAGE = 'usage';

/** Stands in no output. */
const NO_PORT = '\u{10ffff}';

const ourName = (command: string): string => command.replace(/^mosquitto_/, 'ts');

async function repeat(record: Recorded, port: number): Promise<Answer> {
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
    stdout: anonymous(stdout.toString('utf8')).replace(/^Usage: ts[\s\S]*/, USAGE),
    stderr: withoutHint(anonymous(stderr), status),
    exit: status ?? -1,
  };
}

function expected({ command, stdout = '', stdout_note, stderr, exit }: Recorded): Answer {
  return {
    stdout: stdout_note === undefined ? (command === 'mosquitto_pub' ? withQuestion(stdout) : stdout) : USAGE,
    stderr: stderr.replace(/'mosquitto_(\w+) --help'/, "'ts$1 --help'"),
    exit,
  };
}

async function check(record: Recorded, port: number): Promise<void> {
  const result = await repeat(record, port);
  if (!isDeparture(record.id) && !BY_BROKER.has(record.id)) {
    expect(result).toEqual(expected(record));
    return;
  }
  expect(result, 'it is listed as a departure and is none').not.toEqual(expected(record));
  if (UPDATING) written[record.id] = result;
  else expect(result).toEqual(ANSWERS[record.id]);
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

afterAll(() => {
  if (UPDATING)
    writeFileSync(ANSWERS_FILE, `${JSON.stringify(Object.fromEntries(Object.entries(written).sort()), null, 1)}\n`);
});
