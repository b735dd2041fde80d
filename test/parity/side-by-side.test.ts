/**
 * The same command line to our programs and to Mosquitto's clients (2.0.11, those of Debian), on the same broker: standard
 * output, standard error and exit status are the same, but for what DIFFERENCES lists.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { withoutHint } from '../support/hint.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { at, launch, type RunResult, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { withQuestion } from './departures.ts';
import { notOnPage } from './page.ts';
import { relayTo } from './relay.ts';
import { CASES, type Case, title } from './side-by-side-cases.ts';
import { DIFFERENCES, type Difference, type Outcome } from './side-by-side-differences.ts';

/** No line here takes that much time by itself. */
const PATIENCE_MS = 15_000;

const differences = new Map<string, Difference>(DIFFERENCES.flatMap((row) => row.lines.map((line) => [line, row])));
const titles = CASES.map(title);

it('every difference is of a case, and every case has a name of its own', () => {
  expect([...differences.keys()].filter((line) => !titles.includes(line))).toEqual([]);
  expect(titles.filter((line, index) => titles.indexOf(line) !== index)).toEqual([]);
  expect(DIFFERENCES.flatMap(({ lines }) => lines)).toHaveLength(differences.size);
});

it('every departure has its row in COMPATIBILITY.md', () => {
  expect(notOnPage(DIFFERENCES.flatMap(({ row }) => (row === undefined ? [] : [row])))).toEqual([]);
});

describeWithMosquitto('beside the originals', () => {
  let open: Broker;
  let guarded: Broker;

  beforeAll(async () => {
    const acl = join(tempDir(), 'acl');
    writeFileSync(acl, 'user someone\ntopic readwrite allowed/#\n');
    open = await startMosquitto();
    guarded = await startMosquitto({ anonymous: false, users: { someone: 'secret' }, extra: [`acl_file ${acl}`] });
  });

  /** Runs the line with topics of its own; `token` stands for them. */
  async function outcome(program: string, row: Case, token: string): Promise<Outcome> {
    const folder = tempDir();
    for (const [name, text] of Object.entries(row.files ?? {})) writeFileSync(join(folder, name), text);
    const fill = (words: readonly string[]): string[] =>
      words.map((word) => word.replaceAll('{t}', token).replaceAll('{port}', `${open.port}`));
    const feed = async (lines: Case['before'] = []): Promise<void> => {
      for (const words of lines) {
        const [feeder, rest] = words[0] === 'sub' ? ['mosquitto_sub', words.slice(1)] : ['mosquitto_pub', words];
        const fed = await run(feeder, ['-p', `${open.port}`, ...fill(rest)]);
        if (fed.status !== 0) throw new Error(`${feeder} ${words.join(' ')}: ${fed.stderr}`);
      }
    };

    await feed(row.before);
    const relay = row.live === undefined ? undefined : await relayTo(open.port);
    const port = relay?.port ?? (row.broker === 'guarded' ? guarded : open).port;
    const place = row.broker === undefined ? [] : at(port);
    const stdin = row.stdin === undefined ? {} : { stdin: row.stdin };
    const running = launch(program, [...place, ...fill(row.words)], { ...stdin, cwd: folder });
    const late = setTimeout(() => running.child.kill('SIGKILL'), PATIENCE_MS);
    try {
      if (relay !== undefined) {
        await Promise.race([row.program === 'rr' ? relay.published : relay.subscribed, running.exited]);
        await feed(row.live);
      }
      return plain(await running.exited, token);
    } finally {
      clearTimeout(late);
      running.child.kill('SIGKILL');
      await relay?.close();
    }
  }

  it.concurrent.each(CASES.map((row, index) => [titles[index]!, row, index] as const))(
    '%s',
    async (name, row, index) => {
      const number = String(index).padStart(4, '0');
      const [ours, originals] = await Promise.all([
        outcome(`ts${row.program}`, row, `o${number}`),
        outcome(`mosquitto_${row.program}`, row, `t${number}`),
      ]);
      const stdout = row.program === 'pub' ? withQuestion(originals.stdout) : originals.stdout;
      const theirs = { ...originals, stdout, stderr: withoutStops(originals.stderr) };
      const difference = differences.get(name);
      if (difference === undefined) {
        expect(ours).toEqual(theirs);
        return;
      }
      if (difference.sometimes !== true) expect(ours, 'it is listed as different and is not').not.toEqual(theirs);
      const wanted = { ...theirs, ...difference.ours?.(theirs, name) };
      const look = difference.reordered === true ? acknowledgementsLast : (result: Outcome) => result;
      expect(look(ours), difference.about ?? difference.row?.join(': ')).toEqual(look(wanted));
    },
  );
});

/** Without what no two runs have in common. */
function plain({ stdout, stderr, status, signal }: RunResult, token: string): Outcome {
  const clean = (text: string): string =>
    text
      .replaceAll(token, '{t}')
      .replace(/(?<=Client pre)\d+/g, '{pid}')
      .replace(/(?<="tst":")[-\d]{10}T[:\d]{8}\.\d{6}/g, '{tst}')
      .replace(/auto-[0-9A-F-]{36}|mosq-\w{18}/g, '{id}')
      .replace(/(?<=Use ')(?:ts|mosquitto_)(?=\w+ --help')/g, '');
  return { stdout: clean(stdout.toString()), stderr: withoutHint(clean(stderr), status), exit: status ?? signal ?? '' };
}

/** The texts of the library of 2.0 end in a full stop, those of 2.1 do not. */
function withoutStops(stderr: string): string {
  const texts = [
    'A network protocol error occurred when communicating with the broker',
    'Connection Refused: not authorised',
    'Lookup error',
    'The client is not currently connected',
    'The connection was lost',
    'The connection was refused',
  ];
  return stderr.replace(new RegExp(`(?<=${texts.join('|')})\\.`, 'g'), '');
}

const ACKNOWLEDGEMENT = /^Client .+ (?:sending|received) (?:PUBACK|PUBREC|PUBREL|PUBCOMP) /;

function acknowledgementsLast(result: Outcome): Outcome {
  const lines = result.stdout.split('\n');
  const acknowledgements = lines.filter((line) => ACKNOWLEDGEMENT.test(line)).sort();
  return {
    ...result,
    stdout: [...lines.filter((line) => !ACKNOWLEDGEMENT.test(line)), ...acknowledgements].join('\n'),
  };
}
