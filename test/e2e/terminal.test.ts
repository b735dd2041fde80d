/** Colours and progress on a real terminal, and neither anywhere else. Covers src/runtime/record-end.ts. */
import { pbkdf2Sync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { commandLine, run, standalone } from '../support/run.ts';
import { VirtualScreen } from '../support/screen.ts';
import { describeOnTerminal, onTerminal, type Step } from '../support/terminal.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept, grant, packetIdOf, publishPacket } from './scripted-server.ts';

const ESCAPE = '\x1b[';
/** With `<` for the beginning of a colour, which no regular expression should have. */
const seen = (text: string): string => text.replaceAll(ESCAPE, '<');
/** Without the age of a message, which grows. */
const ageless = (text: string): string => text.replace(/ +\d+ s/, '');
const RED = '\x1b[31m';
const ERASE = '\r\x1b[K';

/** Takes a subscription and sends one message. */
const speaker = () =>
  fakeServer(async (connection) => {
    await grant(connection, await accept(connection));
    await connection.send(publishPacket('a', 'x'));
    await connection.readPacket();
  });

describeOnTerminal('on a terminal', () => {
  it('an error is red and its hint is not', async () => {
    const { shown, status } = await onTerminal(commandLine('tspub', ['--hots']));
    expect(shown).toBe(
      "\x1b[31mError: Unknown option '--hots'.\x1b[39m\r\n\x1b[36mHint: The closest option is --host.\x1b[39m\r\n\r\nUse 'tspub --help' to see usage.\r\n",
    );
    expect(status).toBe(1);
  });

  it.each([
    ['NO_COLOR', ['-p', '1', '-t', 'a', '-n'], { NO_COLOR: '1' }],
    ['FORCE_COLOR=0', ['-p', '1', '-t', 'a', '-n'], { FORCE_COLOR: '0' }],
    ['TERM=dumb', ['-p', '1', '-t', 'a', '-n'], { TERM: 'dumb' }],
    ['--color never', ['--color', 'never', '-p', '1', '-t', 'a', '-n'], {}],
    ['--color never before a fault', ['--color', 'never', '--hots'], {}],
    ['TSMOSQ_COLOR=never', ['-p', '1', '-t', 'a', '-n'], { TSMOSQ_COLOR: 'never' }],
  ])('%s leaves the colours out', async (_, args, env) => {
    const { shown } = await onTerminal(commandLine('tspub', args), [], env);
    expect(shown).toMatch(/^Error: /);
    expect(shown).not.toContain(ESCAPE);
  });

  it('-v and -d show the topic and the directions in colours, the payload as it is', async () => {
    const server = await speaker();
    const { shown } = await onTerminal(commandLine('tssub', [...at(server.port), '-t', 'a', '-v', '-d', '-C', '1']));
    expect(shown).toContain('\x1b[36ma\x1b[39m x\r\n');
    expect(shown).toContain('\x1b[32mClient (null) sending CONNECT\x1b[39m\r\n');
    expect(shown).toContain('\x1b[34mClient (null) received CONNACK (0)\x1b[39m\r\n');
  });

  it('a payload cannot steer it, unless --raw lets it', async () => {
    const server = await fakeServer(async (connection) => {
      await grant(connection, await accept(connection));
      await connection.send(publishPacket('a', '\x1b[2Jx'));
      await connection.readPacket();
    });
    const args = [...at(server.port), '-t', 'a', '-C', '1'];
    expect((await onTerminal(commandLine('tssub', args))).shown).toBe('\\u001b[2Jx\r\n');
    expect((await onTerminal(commandLine('tssub', [...args, '--raw']))).shown).toBe('\x1b[2Jx\r\n');
  });

  it('--watch is a screen that follows its size', async () => {
    const server = await fakeServer(async (connection) => {
      await grant(connection, await accept(connection));
      for (const payload of ['3.5', '9 and more than fits']) await connection.send(publishPacket('a', payload));
      await connection.readPacket();
    });
    const command = commandLine('tssub', [...at(server.port), '-t', 'a', '-w', '--color', 'never']);
    const steps: Step[] = [
      ['a 9 and more than fits', 'size:5x12'],
      ['Broker', 'signal:2'],
    ];
    const { shown, status } = await onTerminal(command, steps);
    const screens = shown.split('\x1b[2J');
    expect([status, screens.length]).toEqual([0, 3]);
    expect(new VirtualScreen(24, 80).write(screens[1]!).text).toEqual(['Broker: 127.0.0.1', 'a 9 and more than fits']);
    expect(new VirtualScreen(5, 12).write(screens[2]!).text).toEqual(['Broker: 127…', 'a 9 and mor…']);
  });

  it('tspub -l shows how far it is, and nothing of it is left at the end', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'lines'), 'x\n'.repeat(100));
    const { port, steps } = await slow('5 sent, 0 acknowledged');
    const tspub = commandLine('tspub', [...at(port), '-t', 'a', '-l', '-q', '1', '-M', '5']);
    const command = ['sh', '-c', 'exec "$@" < "$0"', join(folder, 'lines'), ...tspub];
    const { shown, status } = await onTerminal(command, steps);
    expect(status).toBe(0);
    expectShown(shown, /^5 sent, 0 acknowledged, \d+\/s, 100 %, 0 s left$/);
    expect(shown.endsWith(ERASE)).toBe(true);
  });

  it('tspub -f shows how large the message is and for how long it has been on the way', async () => {
    const file = join(tempDir(), 'large');
    writeFileSync(file, Buffer.alloc(3 * 1024 * 1024));
    const { port, steps } = await slow('3.0 MiB on the way');
    const args = [...at(port), '-t', 'a', '-f', file, '-q', '1'];
    const { shown, status } = await onTerminal(commandLine('tspub', args), steps);
    expect(status).toBe(0);
    expectShown(shown, /^3\.0 MiB on the way for \d+ s$/);
    expect(shown.endsWith(ERASE)).toBe(true);
  });

  it('tspub -l shows nothing of it with --quiet', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'lines'), 'x\n'.repeat(100));
    const { port } = await slow();
    const tspub = commandLine('tspub', [...at(port), '-t', 'a', '-l', '-q', '1', '-M', '5', '--quiet']);
    const { shown, status } = await onTerminal(['sh', '-c', 'exec "$@" < "$0"', join(folder, 'lines'), ...tspub]);
    expect([status, shown]).toEqual([0, '']);
  });

  it('tspasswd -U shows how many entries are hashed', { timeout: 120_000 }, async () => {
    const file = join(tempDir(), 'pw');
    writeFileSync(file, Array.from({ length: 64 }, (_, i) => `user${i}:password\n`).join(''), { mode: 0o600 });
    const iterations = `${iterationsFor(64, 2_500)}`;
    const { shown, status } = await onTerminal(commandLine('tspasswd', ['-I', iterations, '-U', file]));
    expect(status).toBe(0);
    expect(shown.split(ERASE)[1]).toMatch(/^\d+ of 64 hashed, \d+\/s(, \d+ %, .* left)?$/);
    expect(shown.endsWith(ERASE)).toBe(true);
    expect(readFileSync(file, 'utf8').match(/^user\d+:\$7\$/gm)).toHaveLength(64);
  });
});

describeOnTerminal('on a terminal, with a spool', () => {
  const keep = async (spool: string, count: number) => {
    const args = ['-p', `${await freePort()}`, '-t', 'a', '-q', '1', '--spool', spool, '-l'];
    const { status } = await run('tspub', [...args, '--retry', '0'], { stdin: 'x\n'.repeat(count) });
    expect(status).toBe(0);
  };

  it('tspub --spool --flush shows how much of what waited is sent, and nothing of it is left at the end', async () => {
    const spool = join(tempDir(), 'spool');
    await keep(spool, 40);
    const { port, steps } = await slow('5 of 40 sent, 0 acknowledged');
    const args = [...at(port), '-t', 'a', '-q', '1', '-M', '5', '--spool', spool, '--flush'];
    const { shown, status } = await onTerminal(commandLine('tspub', args), steps);
    expectShown(shown, /^5 of 40 sent, 0 acknowledged, \d+\/s, 12 %, (\d+ min )?\d+ s left$/);
    expect(shown.split(ERASE).at(-1)).toBe('');
    expect(status).toBe(0);
  });

  it('tspub -l --spool shows how many lines are kept and how many acknowledged', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'lines'), 'x\n'.repeat(100));
    const { port, steps } = await slow('100 kept, 0 acknowledged');
    const args = [...at(port), '-t', 'a', '-q', '1', '-M', '5', '--spool', join(folder, 'spool'), '-l'];
    const command = ['sh', '-c', 'exec "$@" < "$0"', join(folder, 'lines'), ...commandLine('tspub', args)];
    const { shown, status } = await onTerminal(command, steps);
    expectShown(shown, /^100 kept, 0 acknowledged, \d+\/s, 100 %, 0 s left$/);
    expect(shown.split(ERASE).at(-1)).toBe('');
    expect(status).toBe(0);
  });

  it('nor is anything shown with --quiet', async () => {
    const spool = join(tempDir(), 'spool');
    await keep(spool, 40);
    const { port } = await slow();
    const args = [...at(port), '-t', 'a', '-q', '1', '-M', '5', '--spool', spool, '--flush', '--quiet'];
    expect(await onTerminal(commandLine('tspub', args))).toMatchObject({ status: 0, shown: '' });
  });

  it('tsspool has a bold heading, topics in a colour, and red errors', { timeout: 120_000 }, async () => {
    const spool = join(tempDir(), 'spool');
    await keep(spool, 1);
    const { shown } = await onTerminal(commandLine('tsspool', [spool, 'list']));
    expect(seen(shown)).toMatch(/^<1m +ID .*TOPIC<22m\r\n.* <36ma<39m\r\n$/);
    expect(seen((await onTerminal(commandLine('tsspool', [spool, 'shape']))).shown)).toMatch(/^<1m +T .*<22m\r\n/);
    for (const [words, env] of [
      [[], { NO_COLOR: '1' }],
      [['--color', 'never'], {}],
    ] as const) {
      const plain = await onTerminal(commandLine('tsspool', [spool, 'list', ...words]), [], env);
      expect(plain.shown).not.toContain(ESCAPE);
    }
    expect(seen((await onTerminal(commandLine('tsspool', [spool, 'lost']))).shown)).toMatch(
      /^<31mError: Unknown subcommand/,
    );
  });

  it('tspasswd --color never leaves the colours out', async () => {
    const file = join(tempDir(), 'none');
    expect(seen((await onTerminal(commandLine('tspasswd', ['--check', file]))).shown)).toMatch(/^<31mError: /);
    const { shown } = await onTerminal(commandLine('tspasswd', ['--color', 'never', '--check', file]));
    expect(shown).toMatch(/^Error: /);
  });
});

/**
 * Acknowledges each message, but only when the terminal has shown this text: `steps` inform the server. Without one,
 * after more than the second in which no progress is shown.
 */
async function slow(text?: string): Promise<{ port: number; steps: Step[] }> {
  const told = join(tempDir(), 'shown');
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    if (text === undefined) await sleep(1600);
    else while (!existsSync(told)) await sleep(20);
    for (let packet = await connection.readPacket(); packet.header >> 4 === 3; packet = await connection.readPacket())
      await connection.send(Buffer.from([0x40, 2, ...packetIdOf(packet)]));
  });
  return { port: server.port, steps: text === undefined ? [] : [[text, `touch:${told}`]] };
}

/** One of the lines of progress is this. */
function expectShown(shown: string, line: RegExp): void {
  expect(shown.split(ERASE)).toContainEqual(expect.stringMatching(line));
}

/**
 * How many iterations make this many hashes take at least this many milliseconds, at the best speed of this machine. It
 * may be busy when it is looked at and not later: the best of many short looks counts, and it is asked for more than
 * twice the second that is needed.
 */
function iterationsFor(hashes: number, millis: number): number {
  const looks = Array.from({ length: 40 }, () => {
    const begun = performance.now();
    pbkdf2Sync('password', 'salt', 2_000, 64, 'sha512');
    return performance.now() - begun;
  });
  // Node computes four at a time, whatever the processors; of the executables nothing is known.
  const atOnce = standalone === undefined ? Math.min(4, availableParallelism()) : Math.min(16, availableParallelism());
  return Math.ceil((2_000 * atOnce * millis) / (hashes * Math.min(...looks)));
}

describe('in a pipe', () => {
  it('tspasswd and tsspool have no colour, unless it is asked for by --color always or FORCE_COLOR', {
    timeout: 120_000,
  }, async () => {
    const folder = tempDir();
    const file = join(folder, 'pw');
    writeFileSync(file, 'anna:plain\n', { mode: 0o600 });
    const spool = join(folder, 'spool');
    await run('tspub', ['-p', `${await freePort()}`, '-t', 'a', '-m', 'x', '-q', '1', '--spool', spool]);
    for (const [program, words, colored] of [
      ['tspasswd', ['--list', file], '\x1b[36manna\x1b[39m\t'],
      ['tspasswd', ['--check', file], `\x1b[1m${file}:1:\x1b[22m user anna`],
      ['tsspool', [spool, 'list'], '\x1b[36ma\x1b[39m\n'],
    ] as const) {
      const plain = (await run(program, words)).stdout.toString();
      expect(plain).not.toContain(ESCAPE);
      for (const result of [
        await run(program, ['--color=always', ...words]),
        await run(program, words, { env: { FORCE_COLOR: '1' } }),
      ]) {
        const text = result.stdout.toString();
        expect(text).toContain(colored);
        expect(ageless(seen(text).replaceAll(/<\d+m/g, ''))).toBe(ageless(plain));
      }
    }
    for (const program of ['tspasswd', 'tsspool']) {
      const { status, stderr } = await run(program, ['--color', 'green', folder]);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: "Error: Unknown value 'green' for --color: it is one of auto, always, never.\n",
      });
      const fault = await run(program, ['--color', 'always', '--broker', '7', '--levles']);
      expect(seen(fault.stderr)).toMatch(/^<31mError: /);
    }
  });

  it('nothing has a colour, unless it is asked for', async () => {
    const plain = await run('tspub', ['--hots']);
    expect(plain.stderr).not.toContain(ESCAPE);
    for (const [args, env] of [
      [['--color', 'always'], {}],
      [[], { FORCE_COLOR: '1' }],
      [[], { FORCE_COLOR: '1', NO_COLOR: '1' }],
    ] as const) {
      const { stderr } = await run('tspub', [...args, '-t', 'a', '-n', '-p', `${await freePort()}`], { env });
      expect(stderr.startsWith(RED)).toBe(true);
    }
    expect((await run('tspub', ['--color', 'always', '--hots'])).stderr.startsWith(RED)).toBe(true);
  });

  it('tssub --color always -v puts the topic in a colour, and leaves the payload as it is', async () => {
    const server = await speaker();
    const { stdout } = await run('tssub', [...at(server.port), '-t', 'a', '-v', '-C', '1', '--color', 'always']);
    expect(stdout.toString()).toBe('\x1b[36ma\x1b[39m x\n');
  });
});
