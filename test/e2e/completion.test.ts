/** `--completion`: the scripts do in the shells what they are for. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { optionsOf } from '../../src/cli/options/index.ts';
import { run } from '../support/run.ts';
import { describeOnTerminal, onTerminal } from '../support/terminal.ts';
import { tempDir } from '../support/tmp.ts';
import { describeWith } from '../support/tool.ts';

const PROGRAMS = ['tspub', 'tssub', 'tsrr', 'tspasswd', 'tsspool'] as const;
type Shell = 'bash' | 'zsh' | 'fish';

/** The scripts as files `tspub.bash`, in a folder with a file `ca file.pem` and a folder `certs`. */
async function place(shell: Shell): Promise<string> {
  const folder = tempDir();
  for (const program of PROGRAMS) {
    const { stdout, status } = await run(program, ['--completion', shell]);
    expect(status).toBe(0);
    writeFileSync(join(folder, `${program}.${shell}`), stdout);
  }
  writeFileSync(join(folder, 'ca-file.pem'), '');
  mkdirSync(join(folder, 'certs'));
  return folder;
}

/** A line, and what must be offered behind it. */
const OFFERS: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tspub --caf', ['--cafile']],
  ['tspub --cap', ['--capath']],
  ['tspub -m -h --caf', ['--cafile']],
  ['tspub -L mqtt://host:1883/a=b --caf', ['--cafile']],
  ['tspub --cafile ca', ['ca-file.pem']],
  ['tspub --capath c', ['certs']],
  ['tspub --tls-version tlsv1.', ['tlsv1.2', 'tlsv1.3']],
  ['tspub -V mqttv5', ['mqttv5']],
  ['tspub --keyform e', ['engine']],
  ['tspub --completion f', ['fish']],
  ['tspub -D publish con', ['content-type']],
  ['tspub -D wi', ['will']],
  ['tspub -D will will', ['will-delay-interval']],
  ['tssub --retain-handling n', ['never', 'new']],
  ['tssub --unsub', ['--unsubscribe']],
  ['tsrr --lat', ['--latency']],
];

const IN_ORDER: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tspub -D publish user-property key value --caf', ['--cafile']],
  ['tspub -D publish content-type --cafile --caf', ['--cafile']],
  ['tspub --help tl', ['tls']],
  ['tspub --help exa', ['examples']],
  ['tspub --help --caf', ['--cafile']],
  ['tspub --pass', ['--password-file']],
  ['tspasswd -H sha512-', ['sha512-pbkdf2']],
  ['tspasswd --upg', ['--upgrade']],
  ['tsspool --lev', ['--levels']],
  ['tsspool certs sha', ['shape']],
  ['tspasswd -c ca', ['ca-file.pem']],
  ['tspub -q ', ['0', '1', '2']],
];

/** The value in the word of its option: what must be offered for it. */
const JOINED: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tspub --color=al', ['always']],
  ['tspub --tls-version=', ['tlsv1.2', 'tlsv1.3']],
  ['tspub --cafile=ca', ['ca-file.pem']],
  ['tspub -m x --capath=c', ['certs']],
  ['tspub --quiet=', []],
  ['tspub --host=ca', []],
  ['tspasswd --broker=2.1', ['2.1']],
  ['tsspool certs list --color=ne', ['never']],
];

/** Of tsspool, which takes a folder and then one of its forms. */
const FOLDER_FIRST: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tsspool ', ['certs']],
  ['tsspool --json ', ['certs']],
  ['tsspool sha', []],
  ['tsspool certs ', ['list', 'shape', 'show', 'drop', 'export', 'import', 'verify']],
  ['tsspool certs --json ve', ['verify']],
  ['tsspool certs drop ', []],
];

describeWith('bash', 'completion in bash', (bash) => {
  let folder = '';
  beforeAll(async () => {
    folder = await place('bash');
  });

  /** By the words that bash makes of the line itself. */
  const offers = (line: string): string[] => {
    const [program] = line.split(' ');
    const code = `source ./${program}.bash
      tokens=(); for word in $1; do
        while [[ $word =~ ^([^:=]*)([:=])(.*)$ ]]; do
          [[ -n \${BASH_REMATCH[1]} ]] && tokens+=("\${BASH_REMATCH[1]}")
          tokens+=("\${BASH_REMATCH[2]}"); word=\${BASH_REMATCH[3]}
        done
        [[ -n $word ]] && tokens+=("$word")
      done
      [[ $1 == *' ' ]] && tokens+=('')
      COMP_WORDS=("\${tokens[@]}"); COMP_CWORD=$((\${#tokens[@]} - 1)); _${program}; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync(bash, ['--norc', '-c', code, 'bash', line], { cwd: folder, encoding: 'utf8' });
    // compopt has nothing to set outside of a real completion.
    expect(stderr.replace(/^.*compopt.*\n/gm, '')).toBe('');
    return stdout
      .split('\n')
      .filter((word) => word !== '')
      .sort();
  };

  it.each([...OFFERS, ...IN_ORDER, ...JOINED, ...FOLDER_FIRST])('%s: %j', (line, expected) => {
    expect(offers(line)).toEqual([...expected].sort());
  });

  it('offers every option, and nothing for a text', () => {
    const names = optionsOf('pub').flatMap((option) => option.names);
    expect(offers('tspub -')).toEqual([...names].sort());
    expect(offers('tspub ')).toEqual([...names].sort());
    expect(offers('tspub -m ')).toEqual([]);
  });
});

describeWith('bash', 'completion in bash', (bash) => {
  describeOnTerminal('on a terminal', () => {
    it('finds files with odd names, as they are typed', { timeout: 240_000 }, async () => {
      const folder = await place('bash');
      for (const name of ['a*b.pem', 'axb.pem', "it's.pem", '$HOME.pem', 'my dir/inner.pem']) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), '');
      }
      const sources = PROGRAMS.map((program) => `source ./${program}.bash\n`).join('');
      writeFileSync(
        join(folder, 'rc'),
        `cd '${folder}'\n${sources}PS1='READY '\nbind 'set enable-bracketed-paste off'\n`,
      );
      const typed = [
        ['tspub --cafile a\\*', 'a\\*b.pem '],
        ['tspub --cafile ax', 'axb.pem '],
        ['tspub --cafile=ax', 'axb.pem '],
        ['tspub --cafile=my\\ dir/', 'inner.pem '],
        ['tspub --color=alw', 'always '],
        ["tspub --cafile 'ca", "'ca-file.pem' "],
        ['tspub --cafile it', "it\\'s.pem "],
        ['tspub --cafile \\$H', '\\$HOME.pem '],
        ['tspub --cafile my\\ dir/', 'inner.pem '],
        ['tspub --capath my', 'my\\ dir/'],
        ['tsspool my', 'my\\ dir/'],
        ['tssub -t x --exec-file axb', 'axb.pem '],
      ] as const;
      for (const [line, completed] of typed) {
        const shell = [bash, '--noprofile', '--rcfile', join(folder, 'rc'), '-i'];
        const { shown, status } = await onTerminal(shell, [
          ['READY ', `${line}\t`],
          [completed, '\x15exit\r'],
        ]);
        expect([line, status, shown.includes(completed)]).toEqual([line, 0, true]);
      }
    });
  });
});

describeWith('fish', 'completion in fish', (fish) => {
  let folder = '';
  beforeAll(async () => {
    folder = await place('fish');
  });

  const offers = (line: string): string[] => {
    const [program] = line.split(' ');
    const { stdout, stderr } = spawnSync(
      fish,
      ['--no-config', '-c', `source ./${program}.fish; complete -C $argv[1]`, line],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } },
    );
    expect(stderr).toBe('');
    return stdout
      .split('\n')
      .map((row) => row.split('\t')[0]!.replace(/\/$/, ''))
      .filter((word) => word !== '')
      .sort();
  };

  it.each([...OFFERS, ...FOLDER_FIRST])('%s: %j', (line, expected) => {
    expect(offers(line)).toEqual([...expected].sort());
  });

  it.each(JOINED)('%s: %j', (line, expected) => {
    const option = line.replace(/.* |[^=]*$/g, '');
    expect(offers(line)).toEqual(expected.map((word) => option + word).sort());
  });

  it('offers every long option with its line of help', () => {
    const names = optionsOf('pub').flatMap((option) => option.names.filter((name) => name.startsWith('--')));
    expect(offers('tspub --')).toEqual([...names].sort());
  });
});

describeWith('zsh', 'completion in zsh', (zsh) => {
  let folder = '';
  beforeAll(async () => {
    folder = await place('zsh');
  });

  it('completes each line at the press of the tab key', { timeout: 240_000 }, () => {
    for (const program of PROGRAMS) {
      const single = [...OFFERS, ...IN_ORDER, ...JOINED, ...FOLDER_FIRST].filter(
        ([line, { length }]) => line.startsWith(program) && length <= 1,
      );
      const { stdout } = spawnSync(
        zsh,
        ['-f', join(import.meta.dirname, 'completion.zsh'), `./${program}.zsh`, ...single.map(([line]) => line)],
        { cwd: folder, encoding: 'utf8', timeout: 60_000 },
      );
      const completed = single.map(([line, [word]]) =>
        word === undefined ? line.trimEnd() : line.replace(/[^=\s]*$/, word),
      );
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => line.replace(/[ /]+$/, '')),
      ).toEqual(completed);
    }
  });
});

it('--completion of another shell is an error that names the shells', async () => {
  const { stderr, status } = await run('tspub', ['--completion', 'ksh']);
  expect([status, stderr]).toEqual([
    1,
    "Error: No completion for shell 'ksh'.\nHint: Use bash, zsh or fish.\n\nUse 'tspub --help' to see usage.\n",
  ]);
  const passwd = await run('tspasswd', ['--completion', 'ksh']);
  expect([passwd.status, passwd.stderr]).toEqual([
    1,
    "Error: No completion for shell 'ksh': it is one of bash, zsh, fish.\n",
  ]);
});

it('--completion without a shell is an error that says which line goes to which file', async () => {
  for (const program of PROGRAMS) {
    const { stdout, stderr, status } = await run(program, ['--completion']);
    expect([status, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: --completion .+\nHint: Add the line for your shell to its file:\n/);
    const lines = stderr.match(/^ {2}~\/\S+.*$/gm);
    expect(lines).toEqual([
      `  ~/.bashrc                   eval "$(${program} --completion bash)"`,
      `  ~/.zshrc, after compinit    source <(${program} --completion zsh)`,
      `  ~/.config/fish/config.fish  ${program} --completion fish | source`,
    ]);
  }
});
