// Runs every command in the sh blocks of README.md and docs/ in a shell, with a directory for each page. Every option, file, link and
// heading that the pages name exists.
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPTIONS, optionsOf } from '../src/cli/options/index.ts';
import { OPTIONS as PASSWD_OPTIONS } from '../src/cli/passwd/options.ts';
import type { ProgramId } from '../src/cli/programs.ts';
import { FORMS, OPTIONS as SPOOL_OPTIONS } from '../src/cli/spool/options.ts';
import { certificates } from './support/certs.ts';
import { writeLaunchers } from './support/launchers.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from './support/mosquitto.ts';
import { root } from './support/root.ts';
import { childEnv, run } from './support/run.ts';
import { tempDir } from './support/tmp.ts';

const PAGES = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The heading, or the words in bold, before a block are its name. */
function blocksOf(page: string): (readonly [name: string, commands: string])[] {
  const blocks: [string, string][] = [];
  let name = '';
  for (const [, heading, bold, commands] of textOf(page).matchAll(
    /^#+ (.+)$|^(?:- )?\*\*([^*]+)\*\*|^```sh\n([\s\S]*?)^```$/gm,
  ))
    if (commands === undefined) name = heading ?? bold!;
    else blocks.push([`${page}: ${name}`, commands]);
  return blocks;
}

/** The names that GitHub gives the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

/** The expected output of a block, if it is known. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'README.md: Publish every line of a file': /^every line acknowledged\n$/,
  'docs/recipes.md: Wait until a subscription is ready': /^Hello World MQTT\n$/,
  'docs/recipes.md: Keep a status for later subscribers': /^open\n$/,
  'docs/recipes.md: Read a retained value, or find out that there is none': /^it is on\n$/,
  'docs/recipes.md: Wait for one message in a script': /^got yes\n$/,
  'docs/recipes.md: Print the time and the topic of each message':
    /^\d{4}-\d\d-\d\dT[\d:+-]+ home\/temperature 21\.5\n$/,
  'docs/recipes.md: Publish every line of a file and know that the broker acknowledged all of them':
    /^every line acknowledged\n$/,
  'docs/recipes.md: Receive messages that were published while you were away': /^alarm\/door open\n$/,
  'docs/recipes.md: Read the queued messages from cron, then exit': /^one\ntwo\n$/,
  'docs/recipes.md: Run a command for each message, with retries': /^jobs\/a: 1\njobs\/b: 2\n$/,
  'docs/recipes.md: Ask a question and print the response': /^144\n$/,
  'docs/recipes.md: Subscribe with a client certificate': /^open\n$/,
  'docs/recipes.md: Find out why a command does not connect': /^exit status 1\n$/,
  'docs/exec.md: Running commands': /^HELLO\n$/,
  'docs/formats.md: Formats': /^\S+ home\/temperature \{"celsius":21\.5\}\n\{.*"payload":\{"celsius":21\.5\}\}\n$/,
  'docs/exit-status.md: Exit status': /^exit status 1\n$/,
};

test('the expectations name blocks that are there', () => {
  const names = PAGES.flatMap(blocksOf).map(([name]) => name);
  expect(Object.keys(PRINTS).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(['mjs', 'cjs'])('the library example (%s) is the one that test/package/package.test.ts runs', (kind) => {
  const example = readFileSync(join(root, `test/fixtures/library-example.${kind}`), 'utf8').trim();
  expect(textOf('docs/library.md')).toContain(`\`\`\`js\n${example}\n\`\`\``);
});

describe.each([...PAGES, 'COMPATIBILITY.md', 'SECURITY.md', 'CHANGELOG.md'])('%s', (page) => {
  const text = textOf(page);

  test('links to files and headings that exist', () => {
    const broken = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].filter(([, path, heading]) => {
      const target = path === '' ? page : join(dirname(page), path!);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !anchorsOf(target).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names long options that exist', () => {
    const known = new Set<string>([
      ...OPTIONS.flatMap(({ names }) => names),
      ...PASSWD_OPTIONS.map(({ name }) => name),
      ...SPOOL_OPTIONS.map(({ name }) => name),
      ...OTHERS,
    ]);
    expect([...new Set(text.match(/(?<![\w-])--[a-z][\w-]*/g))].filter((name) => !known.has(name))).toEqual([]);
  });
});

/** What programs and pages are called besides their options: each must exist. */
describe.each([...PAGES, 'CONTRIBUTING.md', 'COMPATIBILITY.md', 'SECURITY.md', 'CHANGELOG.md'])('%s names', (page) => {
  const text = textOf(page);
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, words]) => words!);

  test('files of the repository that exist', () => {
    const paths = code.filter((words) => /^(bench|bin|docs|man|scripts|src|test)\/[\w./-]*$/.test(words));
    // X stands for any name.
    expect(paths.filter((path) => !path.includes('/X/') && !existsSync(join(root, path)))).toEqual([]);
  });

  test('scripts of npm that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const names = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('options that the program has', () => {
    const wrong = code
      .flatMap((words) => words.match(/\bts(pub|sub|rr|passwd|spool) [^|;&]*/g) ?? [])
      .map((command) => command.replace(/'[^']*'|"[^"]*"/g, 'X'))
      .flatMap((command) => unknownOptions(command));
    expect(wrong).toEqual([]);
  });

  test('subcommands of tsspool that exist', () => {
    const used = code.flatMap((words) => words.match(/(?<=\btsspool )(?:[A-Z]+|\S*\/\S+|spool) [a-z]+/g) ?? []);
    const forms: readonly string[] = FORMS.map(({ name }) => name);
    expect(used.filter((words) => !forms.includes(words.split(' ')[1]!))).toEqual([]);
  });
});

/** Options in a command that its program does not have, such as `tspub -C`. */
function unknownOptions(command: string): string[] {
  const [program = '', ...words] = command.split(/\s+/);
  const id = program.slice(2);
  const known = new Set<string>(
    id === 'passwd'
      ? PASSWD_OPTIONS.map(({ name }) => name)
      : id === 'spool'
        ? SPOOL_OPTIONS.map(({ name }) => name)
        : optionsOf(id as ProgramId).flatMap(({ names }) => names),
  );
  return words
    .map((word) => /^(--?[a-zA-Z0][\w-]*)(?:=.*)?$/.exec(word)?.[1])
    .filter((word) => word !== undefined && !known.has(word) && !/^-\d/.test(word))
    .map((word) => `${program} ${word}`);
}

test('an option or a word that a program does not have is found', () => {
  expect(unknownOptions('tspub -C 1 -q 1 -m -1')).toEqual(['tspub -C']);
  expect(unknownOptions('tspasswd --chekc FILE')).toEqual(['tspasswd --chekc']);
});

/** Options of npm, of the scripts of this repository and of other programs; `--long` is a placeholder. */
const OTHERS = [
  '--long',
  '--prefix',
  '--package',
  '--target',
  '--force',
  '--sign',
  '--minutes',
  '--table',
  '--runs',
  '--row',
  '--interval',
];

describeWithMosquitto('the commands of', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startMosquitto({ tls: certificates().server, users: { rajan: 'password123' } });
  });

  describe.each(PAGES.filter((page) => blocksOf(page).length > 0))('%s', (page) => {
    let folder: string;
    let env: Record<string, string>;

    beforeAll(() => {
      folder = tempDir('file');
      // Otherwise tspasswd warns root that the user of the broker cannot enter the directory.
      chmodSync(folder, 0o755);
      copyFileSync(certificates().ca, join(folder, 'ca.crt'));
      copyFileSync(certificates().clientEc.cert, join(folder, 'me.crt'));
      copyFileSync(certificates().clientEc.key, join(folder, 'me.key'));
      writeFileSync(join(folder, 'app.log'), 'one\ntwo\nthree\n');
      writeLaunchers(folder);
      env = {
        PATH: `${folder}:${childEnv()['PATH']}`,
        TSMOSQ_HOST: '127.0.0.1',
        TSMOSQ_PORT: `${broker.port}`,
      };
    });

    test.each(blocksOf(page))('%s', { timeout: 120_000 }, async (name, commands) => {
      rmSync(join(folder, 'ready'), { force: true });
      // A slow machine needs more time: nothing waits for these limits. The port of the broker is another one than on the page.
      const patient = commands
        .replaceAll('-W 5', '-W 60')
        .replaceAll('-p 8883', `-p ${broker.tlsPort}`)
        // The hint of tspasswd -c for root, on a machine with a user mosquitto.
        .replace(/^tspasswd --check/m, 'chown mosquitto: users.txt 2> /dev/null || true\n$&');
      const { stdout, stderr, status } = await run('bash', ['-e', '-c', patient], {
        env,
        cwd: folder,
        timeoutMs: 100_000,
      });
      expect({ name, status, stderr: status === 0 ? '' : stderr }).toEqual({ name, status: 0, stderr: '' });
      expect(stdout.toString()).toMatch(PRINTS[name] ?? /^/);
    });
  });
});
