// Every command of the EXAMPLES of the manual pages, and of --help, is run, on real brokers. Files, host names and other programs have stand-ins.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Page } from '../src/cli/help/man/document.ts';
import { passwdPage } from '../src/cli/help/man/passwd.ts';
import { spoolPage } from '../src/cli/help/man/spool.ts';
import { pageOf } from '../src/cli/help/man.ts';
import { usageText } from '../src/cli/passwd/usage.ts';
import { PROGRAMS, type ProgramId } from '../src/cli/programs.ts';
import { usageText as spoolUsageText } from '../src/cli/spool/options.ts';
import { certificates } from './support/certs.ts';
import { startHttpProxy } from './support/http-proxy.ts';
import { writeCommand, writeLaunchers } from './support/launchers.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from './support/mosquitto.ts';
import { childEnv, launch, type Running, run } from './support/run.ts';
import { tempDir } from './support/tmp.ts';

const PAGES: readonly Page[] = [...(Object.keys(PROGRAMS) as ProgramId[]).map(pageOf), passwdPage(), spoolPage()];

/** Of the programs whose `--help` has other examples than their manual page. */
const HELP: Readonly<Record<string, string>> = { tspasswd: usageText(), tsspool: spoolUsageText() };

/** The text before the lines is their name. */
function examplesOf({ name: program, sections }: Page): (readonly [name: string, lines: readonly string[]])[] {
  const found: [string, readonly string[]][] = (HELP[program] ?? '')
    .replace(/[\s\S]*^Examples:$/m, '')
    .split('\n')
    .flatMap((line) => {
      const [, command, about] = /^ {2}(ts.*?) {2,}(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [[`--help: ${about}`, [command]]];
    });
  let name = '';
  for (const block of sections.find(({ title }) => title === 'EXAMPLES')!.blocks) {
    if (block.as === 'paragraph') name = block.text;
    if (block.as === 'literal') found.push([name, block.lines]);
  }
  return found;
}

/** What the lines of an example are meant to reach, in place of its names. */
interface Places {
  /** Options, after `-h`. */
  readonly broker: string;
  readonly other: string;
  readonly tls: string;
  readonly proxy: string;
}

/** The commands of an example, each in one line: without the fields of crontab(5), and with places that exist. */
function commandsOf(lines: readonly string[], { broker, other, tls, proxy }: Places): string[] {
  const cron = lines.some((line) => CRON.test(line));
  return lines
    .join('\n')
    .replace(/(\\|\|)\n +/g, (_, end: string) => (end === '|' ? '| ' : ''))
    .split('\n')
    .filter((line) => !(cron && /^PATH=/.test(line)))
    .map((line) => line.replace(CRON, ''))
    .map((line) =>
      line
        .replace(/-h there\b/g, `-h ${other}`)
        .replace(/-h (here|broker)\b/g, `-h ${/ --cafile /.test(line) ? tls : broker}`)
        .replace('socks5h://proxy:1080', proxy)
        .replaceAll('/etc/mosquitto/', '~/')
        // Limits that only let the time pass.
        .replace(/(?<!-C 1.*)-W 60\b/, '-W 3')
        .replace(/ -W \d+(?=.* >)(?!.*\|\|)(?!.*-C ).*$/, '$& || [ $? = 27 ]')
        .replace(/ --drain\b(?!.*\|\|).*$/, '$& || [ $? = 28 ]'),
    );
}

const CRON = /^[\d*][\d*/,]*( [\d*][\d*/,]*){4} /;

/** Whether only a signal ends one of the commands. */
const isEndless = (commands: readonly string[]): boolean =>
  commands.some((line) => /\btssub\b/.test(line) && !/ (-C|-W|-E|--drain)\b/.test(line));

/** Topics that the filters in the commands take. */
const topicsIn = (commands: readonly string[]): string[] =>
  commands
    .flatMap((line) => line.match(/(?<=\btssub\b.* -t )('[^']*'|\S+)/g) ?? [])
    .map((filter) =>
      filter
        .replaceAll("'", '')
        .replace(/^\$share\/[^/]*\//, '')
        .replace(/[+#]/g, 'a'),
    );

describe('the commands of an example', () => {
  const places = { broker: 'B', other: 'O', tls: 'T -p 1', proxy: 'P' };

  it('are those of its lines, with places that exist', () => {
    expect(commandsOf(['PATH=/bin', '*/5 * * * * tspub -h broker --cafile ca -t a \\', '    -n'], places)).toEqual([
      'tspub -h T -p 1 --cafile ca -t a -n',
    ]);
    expect(commandsOf(['tssub -h here -t a |', '    tspub -h there'], places)).toEqual([
      'tssub -h B -t a | tspub -h O',
    ]);
    expect(commandsOf(['0 * * * * tssub -W 60 -t a >> log'], places)).toEqual([
      'tssub -W 3 -t a >> log || [ $? = 27 ]',
    ]);
  });

  it('are endless when nothing but a signal ends tssub', () => {
    expect(isEndless(['tspub -t a -m b'])).toBe(false);
    expect(isEndless(['tssub -t a -C 1'])).toBe(false);
    expect(isEndless(['tssub -t a | cat'])).toBe(true);
    expect(topicsIn(["tssub -t 'a/+' -T b -t '$share/g/c/#'"])).toEqual(['a/a', 'c/a']);
  });

  test.each(PAGES)('of $name are at least two', (page) => {
    expect(examplesOf(page).length).toBeGreaterThanOrEqual(2);
  });
});

/** Programs that an example may use, and that a machine may not have. `logger` is for failures: it fails itself. */
const STAND_INS: Readonly<Record<string, string>> = {
  logger: 'echo "logger: $*" >&2; exit 1',
  meter: 'echo 21.5',
  hostname: 'echo here',
  systemctl: '',
  jq: 'exec cat',
  chown: 'PATH=/usr/bin:/bin; chown "$@" 2> /dev/null || true',
  ssh: 'shift; mkdir -p other; cd other; mkdir -p -m 700 spool; exec "$@"',
};

describeWithMosquitto('the examples of', () => {
  let broker: Broker;
  let other: Broker;
  let places: Places;
  let programs: string;

  beforeAll(async () => {
    broker = await startMosquitto({ tls: certificates().server, users: { me: 'secret', cron: 'secret' } });
    other = await startMosquitto();
    const proxy = await startHttpProxy();
    places = {
      broker: `127.0.0.1 -p ${broker.port}`,
      other: `127.0.0.1 -p ${other.port}`,
      tls: `127.0.0.1 -p ${broker.tlsPort}`,
      proxy: `http://127.0.0.1:${proxy.port}`,
    };
    programs = tempDir('file');
    chmodSync(programs, 0o755);
    writeLaunchers(programs);
    for (const [name, script] of Object.entries(STAND_INS)) writeCommand(programs, name, script);
  });

  const settings = (home: string) => ({
    HOME: home,
    PATH: `${programs}:${childEnv()['PATH']}`,
    TSMOSQ_HOST: '127.0.0.1',
    TSMOSQ_PORT: `${broker.port}`,
  });

  /** What an example finds in its folder. */
  async function furnish(folder: string, page: string, commands: readonly string[]): Promise<void> {
    // Else tspasswd reports to root that the broker's user may not enter it.
    chmodSync(folder, 0o755);
    const { ca, clientEc } = certificates();
    for (const name of ['ca.crt', 'ca.pem']) copyFileSync(ca, join(folder, name));
    copyFileSync(clientEc.cert, join(folder, 'me.crt'));
    copyFileSync(clientEc.key, join(folder, 'me.key'));
    for (const name of ['log', 'log.txt', 'query', 'query.json', 'picture.jpg'])
      writeFileSync(join(folder, name), '{"id":1}\n');
    for (const name of ['.mqtt', '.secret']) writeFileSync(join(folder, name), 'secret\n', { mode: 0o600 });
    writeCommand(folder, 'job', 'cat >> done');
    const prepared = async (script: string): Promise<void> => {
      const { status, stderr } = await run('bash', ['-e', '-c', script], { cwd: folder, env: settings(folder) });
      expect({ script, status, stderr: status === 0 ? '' : stderr }).toEqual({ script, status: 0, stderr: '' });
    };
    if (page === 'tspasswd' && !commands.some((line) => /-c passwords|> passwords/.test(line)))
      await prepared(
        'tspasswd -c -b passwords anna secret; for u in ben sensor; do tspasswd -b passwords $u secret; done; chown mosquitto: passwords',
      );
    if (page === 'tsspool') {
      mkdirSync(join(folder, 'spool'), { mode: 0o700 });
      await prepared("printf '%s\\n' 1 2 3 4 5 6 7 | tspub -p 1 --spool spool -t home/meter -q 1 -l --quiet");
    }
  }

  /** Publishes to the topics again and again, on both brokers, until the returned function is called. */
  function feed(topics: readonly string[], env: Record<string, string>): () => Promise<void> {
    if (topics.length === 0) return async () => {};
    const feeders = [broker.port, other.port].map((port) =>
      launch('tspub', ['-p', `${port}`, '-h', '127.0.0.1', '-l', '--topic-from-line', '-r', '-q', '1'], {
        env,
        keepStdinOpen: true,
      }),
    );
    const say = (): void => {
      for (const { child } of feeders) child.stdin!.write(topics.map((topic) => `${topic}\t{"temp":31}\n`).join(''));
    };
    say();
    // Longer than the silence after which --drain asks.
    const timer = setInterval(say, 1500);
    return async () => {
      clearInterval(timer);
      await Promise.all(feeders.map((feeder) => feeder.kill()));
    };
  }

  /** Answers requests, where an example has no responder of its own. */
  async function responder(folder: string, env: Record<string, string>): Promise<Running> {
    // Commands of --exec get no variables of ours.
    const correlation = `\${MQTT_CORRELATION_DATA:+-D publish correlation-data "$MQTT_CORRELATION_DATA"}`;
    const respond = `tspub -h ${places.broker} -V 5 -q 1 -t "$MQTT_RESPONSE_TOPIC" -m '{}' ${correlation}`;
    const answer = `[ -z "$MQTT_RESPONSE_TOPIC" ] || ${respond}`;
    const ready = join(folder, 'responding');
    const running = launch('tssub', ['-V', '5', '-t', '#', '--exec', answer, '--ready', ready], { env });
    await expect.poll(() => existsSync(ready)).toBe(true);
    return running;
  }

  describe.each(PAGES)('$name', (page) => {
    test.each(examplesOf(page))('%s', { timeout: 120_000 }, async (name, lines) => {
      const commands = commandsOf(lines, places);
      const folder = tempDir('file');
      const env = settings(folder);
      await furnish(folder, page.name, commands);
      const before = sizesIn(folder);
      const needsAnswers = page.name === 'tsrr' && !isEndless(commands) && topicsIn(commands).length === 0;
      const answers = needsAnswers ? await responder(folder, env) : undefined;
      const watching = launch('tssub', ['-h', '127.0.0.1', '-p', `${other.port}`, '-R', '-t', 'plant/#'], { env });
      const stopFeeding = page.name === 'tsrr' ? async () => {} : feed(topicsIn(commands), env);
      const script = commands.join('\n');
      // A session of its own is a group, with all commands of a pipe.
      const running = launch(
        'bash',
        ['-e', '-o', 'pipefail', '-c', isEndless(commands) ? `set -m\n${GROUP(script)}` : script],
        {
          cwd: folder,
          env,
          stdin: page.name === 'tspasswd' ? 'secret\nsecret\n' : '',
        },
      );
      if (isEndless(commands)) {
        const isSeen = (): boolean =>
          running.stdout() !== '' ||
          (/ there\b/.test(lines.join()) && watching.stdout() !== '') ||
          grown(folder, before);
        await expect.poll(isSeen, { timeout: 60_000, message: `${script}\n${running.stderr()}` }).toBe(true);
        await running.kill();
      } else {
        const { status, stdout, stderr } = await running.exited;
        expect({ name, script, status, printed: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({
          name,
          script,
          status: 0,
          printed: '',
        });
      }
      await stopFeeding();
      await watching.kill();
      await answers?.kill();
    });
  });
});

/** A script that hands SIGTERM on to all that it has started. */
const GROUP = (script: string): string => `{ ${script}\n} &\ntrap 'kill -- -$!' TERM\nwait || true\nwait || true`;

const sizesIn = (folder: string): ReadonlyMap<string, number> =>
  new Map(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));

/** Whether a file has got longer, or a new one has something in it. */
const grown = (folder: string, before: ReadonlyMap<string, number>): boolean =>
  [...sizesIn(folder)].some(([name, size]) => size > (before.get(name) ?? 0));
