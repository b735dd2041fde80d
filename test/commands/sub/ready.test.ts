/** `--ready` and `--ready-fd`: the line that scripts wait for, in place of a sleep. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ready } from '../../../src/commands/sub/ready.ts';
import type { Failure } from '../../../src/errors.ts';
import { NO_PROPERTIES } from '../../../src/mqtt/properties.ts';
import { type FileSystem, systemFiles } from '../../../src/runtime/files.ts';
import { notWritable } from '../../../src/runtime/handed-down.ts';
import { type ProgramOptions, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tmp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const around = { pid: 1, onSignal: () => () => {} };

/** SUBACK with these codes. */
const granting = (...codes: readonly number[]): ProgramOptions => ({
  server: {
    intercept: (packet, connection) => {
      if (packet.type !== 'subscribe') return false;
      connection.write({ type: 'suback', packetId: packet.packetId, codes, properties: NO_PROPERTIES });
      return true;
    },
  },
});

const text = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'latin1') : undefined);

describe('--ready FILE', () => {
  it('makes the file when the subscriptions are granted, and not before', async () => {
    const path = join(tempDir(), 'ready');
    let silent = true;
    const running = startProgram('tssub', ['-t', 'a', '-t', 'b', '--ready', path], {
      server: { intercept: (packet) => packet.type === 'subscribe' && silent },
    });
    await running.got('subscribe');
    expect(text(path)).toBeUndefined();
    silent = false;
    running.link?.cut();
    await running.got('subscribe', 2);
    await running.pass(0);
    expect(text(path)).toBe('ready\n');
    running.signal('SIGTERM');
    expect((await running.finish()).status).toBe(0);
    // A script that looks before the next run has started must not see it.
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('writes through no predictable name', async () => {
    const path = join(tempDir(), 'ready');
    const other = join(tempDir(), 'other');
    writeFileSync(other, 'of somebody else');
    symlinkSync(other, `${path}.4711`);
    const running = startProgram('tssub', ['-t', 'a', '--ready', path]);
    await running.until(() => existsSync(path));
    expect([text(path), text(other), text(`${path}.4711`)]).toEqual([
      'ready\n',
      'of somebody else',
      'of somebody else',
    ]);
  });

  it('removes no file that it has not made', () => {
    const path = join(tempDir(), 'ready');
    const opened: unknown[] = [];
    const disk = {
      ...systemFiles,
      openSync: (...args: unknown[]) => {
        opened.push(args[1]);
        throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
      },
      unlinkSync: (name: string) => void opened.push(`unlink ${name}`),
    } as unknown as FileSystem;
    const ready = new Ready({ file: path }, { ...around, clock: new VirtualClock() }, disk);
    let told = '';
    ready.announce((failure) => {
      told = failure.message;
    });
    ready.end();
    expect([opened, told]).toEqual([['wx'], `Unable to write to ${path} for --ready: File exists.`]);
  });

  it('writes once, however often it subscribes', async () => {
    const path = join(tempDir(), 'ready');
    const running = startProgram('tssub', ['-t', 'a', '--ready', path]);
    await running.until(() => existsSync(path));
    writeFileSync(path, 'of the script');
    running.link?.cut();
    await running.got('subscribe', 2);
    await running.pass(1000);
    expect(text(path)).toBe('of the script');
    running.signal('SIGTERM');
    await running.finish();
    expect(text(path)).toBe('of the script');
  });

  it.each(['ready\n', ''])('takes away the file of an earlier run, with %j in it', async (content) => {
    const path = join(tempDir(), 'ready');
    writeFileSync(path, content);
    const running = startProgram('tssub', ['-t', 'a', '--ready', path], { attempt: () => 'silent' });
    await running.until(() => running.attempts === 1);
    expect(text(path)).toBeUndefined();
  });

  it.each([
    ['has something else in it', 'it has other content', (path: string) => writeFileSync(path, 'ready to go\n')],
    ['is a directory', 'it is not a file', (path: string) => mkdirSync(path)],
    [
      'is a link to a file',
      'it is a symbolic link',
      (path: string) => {
        writeFileSync(`${path}.file`, '');
        symlinkSync(`${path}.file`, path);
      },
    ],
  ])('is refused before anything is connected when it %s', async (_, reason, make) => {
    const path = join(tempDir(), 'ready');
    make(path);
    const running = startProgram('tssub', ['-t', 'a', '--ready', path]);
    expect(await running.finish()).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to use file "${path}" for --ready: ${reason}.\n`,
    });
    expect(running.attempts).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ['a folder that is not there', () => join(tempDir(), 'none/ready'), 'No such file or directory'],
    ['no place at all', () => '', 'the name is empty'],
  ])('is refused in %s', async (_, make, reason) => {
    const path = make();
    const { status, stderr } = await startProgram('tssub', ['-t', 'a', '--ready', path]).finish();
    expect([status, stderr]).toEqual([1, `Error: Unable to use file "${path}" for --ready: ${reason}.\n`]);
  });

  it.each([
    [[0, 0x87], "Warning: Subscription to 'b' was denied: Not authorized.\n"],
    [
      [0x87, 0x87],
      'All subscription requests were denied.\nHint: The access rules of the broker do not allow this subscription.\n',
    ],
  ])('ends with the reason code, and no file, at SUBACK %j', async (codes, stderr) => {
    const path = join(tempDir(), 'ready');
    const running = startProgram('tssub', ['-t', 'a', '-t', 'b', '--ready', path], granting(...codes));
    expect(await running.finish()).toEqual({ status: 0x87, stdout: '', stderr });
    expect(text(path)).toBeUndefined();
  });

  it('ends with one line when the file cannot be made any more', async () => {
    const folder = join(tempDir(), 'folder');
    mkdirSync(folder);
    const path = join(folder, 'ready');
    const running = startProgram('tssub', ['-t', 'a', '--ready', path], {
      attempt: () => {
        writeFileSync(`${folder}/x`, '');
        mkdirSync(path);
        return {};
      },
    });
    expect(await running.finish()).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to write to ${path} for --ready: Is a directory.\n`,
    });
    expect(readdirSync(folder)).toEqual(['ready', 'x']);
  });

  it('is written in a run with --exec too', async () => {
    const path = join(tempDir(), 'ready');
    const running = startProgram('tssub', ['-t', 'a', '--ready', path, '--exec', 'true'], {
      startChild: () => ({ signal: () => {}, setReading: () => {} }),
    });
    await running.until(() => existsSync(path));
    expect(text(path)).toBe('ready\n');
  });
});

describe('--ready with a named pipe', () => {
  /** A pipe with a reader, or without. */
  function pipe() {
    const state = { hasReader: false, isFull: false, got: '', open: 0 };
    const fail = (code: string): never => {
      throw Object.assign(new Error(code), { code });
    };
    const disk = {
      ...systemFiles,
      lstatSync: () => ({ isSymbolicLink: () => false }),
      statSync: () => ({ isFIFO: () => true }),
      openSync: () => {
        if (!state.hasReader) fail('ENXIO');
        return ++state.open;
      },
      writeSync: (_: number, bytes: Uint8Array) => {
        if (!state.hasReader) fail('EPIPE');
        if (state.isFull) fail('EAGAIN');
        state.got += Buffer.from(bytes).toString();
        return bytes.length;
      },
      closeSync: () => void state.open--,
    } as unknown as FileSystem;
    const clock = new VirtualClock();
    return { state, clock, ready: new Ready({ file: '/pipe' }, { ...around, clock }, disk) };
  }

  const unexpected = (failure: Failure): never => {
    throw failure;
  };

  it.each([
    ['before it is ready', true],
    ['long after', false],
  ])('a reader that comes %s gets the line and the end of it', (_, early) => {
    const { state, clock, ready } = pipe();
    if (!early) ready.announce(unexpected);
    clock.runTo(10_000);
    state.hasReader = true;
    clock.runTo(20_000);
    if (early) {
      // Held, so that the end of the process is an end for the reader.
      expect([state.got, state.open]).toEqual(['', 1]);
      ready.announce(unexpected);
    }
    expect([state.got, state.open]).toEqual(['ready\n', 0]);
    clock.runTo(30_000);
    expect([state.got, clock.size]).toEqual(['ready\n', 0]);
  });

  it('another reader gets the line when the first one has gone, or had no room', () => {
    const { state, clock, ready } = pipe();
    state.hasReader = true;
    clock.runTo(1000);
    state.hasReader = false;
    ready.announce(unexpected);
    clock.runTo(2000);
    state.hasReader = state.isFull = true;
    clock.runTo(3000);
    expect(state.got).toBe('');
    state.isFull = false;
    clock.runTo(4000);
    expect([state.got, state.open]).toEqual(['ready\n', 0]);
  });
});

describe('--ready-fd', () => {
  it('writes to the descriptor, and closes it', async () => {
    const path = join(tempDir(), 'file');
    const fd = openSync(path, 'w');
    const running = startProgram('tssub', ['-t', 'a', '--ready-fd', `${fd}`]);
    await running.got('subscribe');
    await running.pass(0);
    expect(text(path)).toBe('ready\n');
    expect(() => closeSync(fd)).toThrow('EBADF');
  });

  it.each([
    ['1000', 'it is not open'],
    ['4294967299', 'it is not open'],
    ['read', 'it is open for reading only'],
  ])('names a descriptor that cannot be used: %s', async (which, reason) => {
    const fd = which === 'read' ? openSync('/dev/null', 'r') : Number(which);
    const running = startProgram('tssub', ['-t', 'a', '--ready-fd', `${fd}`]);
    const { status, stderr } = await running.finish();
    expect([status, stderr]).toEqual([1, `Error: Unable to use descriptor ${fd} for --ready-fd: ${reason}.\n`]);
    if (which === 'read') closeSync(fd);
  });

  it('takes no descriptor that the runtime has opened for itself', () => {
    // epoll, eventfd and the pipe of the signals, of this very process.
    const own = readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => fd > 2);
    const taken = own.filter((fd) => notWritable(fd) === undefined);
    // What vitest has handed down are channels to its parent.
    expect(own.length - taken.length).toBeGreaterThan(3);
  });

  it.each(['0', '1', '2', '-1', '3.5', 'x'])('is refused on the line: %s', async (fd) => {
    const { status, stderr } = await startProgram('tssub', ['-t', 'a', '--ready-fd', fd]).finish();
    expect(status).toBe(1);
    expect(stderr).toContain('Error: --ready-fd argument must be >=3.\n');
  });

  it.each([
    ['--ready', 'x'],
    ['--ready-fd', '9'],
  ])('%s needs a subscription', async (...words) => {
    const { status, stderr } = await startProgram('tssub', ['-U', 'a', ...words]).finish();
    expect([status, stderr.split('\n')[0]]).toEqual([
      1,
      'Error: --ready and --ready-fd need -t: they wait for subscriptions.',
    ]);
  });
});
