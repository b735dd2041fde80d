// What tspub could not deliver is in the file of --unsent, whole and once, and --summary counts exactly.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { idle } from '../support/idle.ts';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at, ended, listening, mosquittoPlace, outcome, publish } from './broker.ts';
import { startInShell } from './fifo.ts';
import { startProxy } from './proxy.ts';
import { accept, packetIdOf, V3, V5 } from './scripted-server.ts';

const newFile = (): string => join(tempDir(), 'unsent');
const contents = (path: string): string => readFileSync(path, 'latin1');
const ack = (connection: FakeConnection, id: readonly [number, number], code: number): Promise<void> =>
  connection.send(Buffer.from([0x40, 3, ...id, code]));

/** Acknowledges a publish with each of these codes, and then does `after`. */
const acknowledging =
  (codes: readonly number[], after: (connection: FakeConnection) => Promise<void>) =>
  async (connection: FakeConnection): Promise<void> => {
    await accept(connection);
    for (const code of codes) await ack(connection, packetIdOf(await connection.readPacket()), code);
    await after(connection);
  };

const untilDisconnect = async (connection: FakeConnection): Promise<void> => {
  while ((await connection.readPacket()).header !== 0xe0);
  await connection.close();
};
const cutOff = (connection: FakeConnection): Promise<void> => connection.send(Buffer.from([0xe0, 1, 135]));
const silence = async (): Promise<void> => {};
const CUT_OFF = 'Error: The client is not currently connected: the broker ended the connection (Not authorized)\n';

describe('--unsent and --summary of tspub -l -q 1', () => {
  const args = ['-t', 'a', '-l', '-q', '1', '--summary'];

  test('hold what the server refused', async () => {
    const { port } = await fakeServer(acknowledging([0, 135, 0, 151, 16], untilDisconnect));
    const file = newFile();
    const result = await run('tspub', [...at(port), ...V5, ...args, '--unsent', file], { stdin: '1\n2\n3\n4\n5' });
    expect(outcome(result)).toEqual(
      ended(
        135,
        '',
        'Warning: Publish 2 failed: Not authorized.\nWarning: Publish 4 failed: Quota exceeded.\n' +
          "Hint: The access rules of the broker do not allow publishing to 'a'.\n" +
          `Warning: 2 messages were not delivered: they are in ${file} (send with -l).\n` +
          'sent 5, acknowledged 3, refused 2 (1 not authorized, 1 quota exceeded), resent 0, unsent 2\n',
      ),
    );
    expect(contents(file)).toBe('2\n4\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('hold what was on its way and all the rest of the input, when the server ends it', async () => {
    const { port } = await fakeServer(acknowledging([0, 0, 0], cutOff));
    const file = newFile();
    const all = numbers(1, 50_000);
    const result = await run('tspub', [...at(port), ...V5, ...args, '--unsent', file], { stdin: asLines(all) });
    expect({ status: result.status, stderr: result.stderr.replace(/^sent 2[0-3],/m, 'sent some,') }).toEqual({
      status: 4,
      stderr:
        `${CUT_OFF}Warning: The rest of standard input goes to ${file}.\n` +
        `Warning: 49997 messages were not delivered: they are in ${file} (send with -l).\n` +
        'sent some, acknowledged 3, refused 0, resent 0, unsent 49997\n',
    });
    expect(contents(file)).toBe(asLines(all.slice(3)));
  });

  test('hold all of the input when nothing listens', async () => {
    const file = newFile();
    const result = await run('tspub', [...at(await freePort()), ...args, '--unsent', file], { stdin: 'x\n\ny\r\nz' });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/\nsent 0, acknowledged 0, refused 0, resent 0, unsent 4\n$/);
    expect(contents(file)).toBe('x\n\ny\r\nz\n');
  });

  for (const [signal, status] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`hold what was read and not acknowledged at ${signal}, and the status is ${status}`, async () => {
      const server = await fakeServer(acknowledging([0], silence));
      const file = newFile();
      const argv = [...at(server.port), ...V5, ...args, '-M', '2', '--unsent', file];
      const running = start('tspub', argv, { stdin: '1\n2\n3\n4\n5\npart', keepStdinOpen: true });
      const connection = await server.connection(0);
      // 1 is acknowledged, 2 and 3 are on their way, 4 waits, the others were read.
      while (!connection.received.includes('3')) await new Promise((resolve) => setTimeout(resolve, 10));
      const result = await running.kill(signal);
      expect(outcome(result)).toEqual(
        ended(
          status,
          '',
          `Warning: 4 messages were not delivered: they are in ${file} (send with -l).\n` +
            'Warning: Standard input was accepted up to line 5; continue at line 6.\n' +
            'sent 3, acknowledged 1, refused 0, resent 0, unsent 4\n',
        ),
      );
      expect(contents(file)).toBe('2\n3\n4\n5\n');
    });
  }

  // What it finds in the pipe is read in large pieces; what it has waited for Node reads ahead, and Bun as it comes.
  for (const found of [true, false]) {
    const when = found ? 'that was full' : 'that it waited for';
    test(`hold at a signal all that was taken from a pipe ${when}: what is left in the pipe is the rest`, async () => {
      const server = await fakeServer(acknowledging([0], silence));
      const folder = tempDir();
      const file = join(folder, 'unsent');
      const all = asLines(numbers(1, 60_000));
      const reached = join(folder, 'reached');
      const first = found ? 'seq 1 20' : `seq 1 20; until [ -e ${reached} ]; do sleep 0.05; done`;
      // Once line 20,000 is written, no more are in the pipe than it holds, 64 KiB: the program has 32 KiB and more.
      const writer = `${first}; seq 21 20000; : > ${folder}/written; seq 20001 60000`;
      const reader = `sh -c 'echo $$ > ${folder}/pid; exec "$@"' sh "$@"; cat > ${folder}/rest`;
      const argv = [...at(server.port), ...V5, ...args, '--unsent', file];
      const running = startInShell(`{ ${writer}; } | { ${reader}; }`, 'tspub', argv);
      const connection = await server.connection(0);
      while (!connection.received.includes('20')) await new Promise((resolve) => setTimeout(resolve, 10));
      await idle(Number(readFileSync(join(folder, 'pid'), 'utf8')));
      writeFileSync(reached, '');
      while (!connection.received.includes('21') || (found && !existsSync(join(folder, 'written'))))
        await new Promise((resolve) => setTimeout(resolve, 10));
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      await idle(pid);
      process.kill(pid, 'SIGTERM');
      const { stderr } = await running.exited;
      expect(stderr).toMatch(/\nsent 21, acknowledged 1, refused 0, resent 0, unsent \d+\n(?:Terminated\n)?$/);
      const kept = contents(file);
      const rest = contents(join(folder, 'rest'));
      if (found) expect(kept.length).toBeGreaterThan(32 * 1024);
      expect(rest.length).toBeGreaterThan(0);
      expect(`1\n${kept}${rest}` === all).toBe(true);
    });
  }

  test('what comes while a signal still waits for acknowledgements is in the file, or left in the pipe', async () => {
    const server = await fakeServer(acknowledging([], silence));
    const folder = tempDir();
    const file = join(folder, 'unsent');
    const writer = `echo 1; until [ -e ${folder}/signalled ]; do sleep 0.05; done; echo later`;
    const reader = `sh -c 'echo $$ > ${folder}/pid; exec "$@"' sh "$@"; cat > ${folder}/rest`;
    const argv = [...at(server.port), ...V5, ...args, '--unsent', file];
    const running = startInShell(`{ ${writer}; } | { ${reader}; }`, 'tspub', argv);
    const connection = await server.connection(0);
    while (!connection.received.toString('latin1').endsWith('1'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    await idle(pid);
    writeFileSync(join(folder, 'signalled'), '');
    await running.exited;
    expect(contents(file) + contents(join(folder, 'rest'))).toBe('1\nlater\n');
  });

  test('without --unsent a signal reports how many were not acknowledged', async () => {
    const server = await fakeServer(acknowledging([0], silence));
    const running = start('tspub', [...at(server.port), ...V5, '-t', 'a', '-l', '-q', '1'], {
      stdin: '1\n2\n3\n',
      keepStdinOpen: true,
    });
    const connection = await server.connection(0);
    while (!connection.received.includes('3')) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(outcome(await running.kill('SIGTERM'))).toEqual(
      ended(143, '', 'Warning: 2 messages were sent and not acknowledged.\n'),
    );
  });

  test('a signal after the end of input is 0 when everything was acknowledged after all', async () => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      const id = packetIdOf(await connection.readPacket());
      asked();
      await signalled;
      await connection.send(Buffer.from([0x40, 2, ...id]));
      await untilDisconnect(connection);
    });
    let asked = (): void => {};
    let sent = (): void => {};
    const isOut = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const signalled = new Promise<void>((resolve) => {
      sent = resolve;
    });
    const running = start('tspub', [...at(server.port), ...V3, ...args], { stdin: 'x\n' });
    await isOut;
    // Then it has seen the end of input, and then the signal.
    await idle(running.child.pid);
    running.child.kill('SIGTERM');
    await idle(running.child.pid);
    sent();
    expect(outcome(await running.exited)).toEqual(ended(0, '', 'sent 1, acknowledged 1, refused 0, resent 0\n'));
  });

  test('a kill while the rest is read leaves whole records', async () => {
    const { port } = await fakeServer(acknowledging([0], cutOff));
    const file = newFile();
    const running = start('tspub', [...at(port), ...V5, ...args, '--unsent', file], {
      stdin: asLines(numbers(1, 1000)),
      keepStdinOpen: true,
    });
    await running.waitForStderr('The rest of standard input goes to');
    const wanted = asLines(numbers(2, 1000));
    while (!existsSync(file) || statSync(file).size < wanted.length)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await running.kill('SIGKILL');
    expect(contents(file)).toBe(wanted);
  });

  test('a signal while the rest is read ends it', async () => {
    const { port } = await fakeServer(acknowledging([0], cutOff));
    const file = newFile();
    const running = start('tspub', [...at(port), ...V5, ...args, '--unsent', file], {
      stdin: '1\n2\nhalf',
      keepStdinOpen: true,
    });
    await running.waitForStderr('The rest of standard input goes to');
    const { status } = await running.kill('SIGTERM');
    expect(status).toBe(143);
    expect(contents(file)).toBe('2\n');
  });

  test('hold at a signal also the rest of a file', async () => {
    const server = await fakeServer(acknowledging([0], silence));
    const file = newFile();
    const input = join(tempDir(), 'input');
    const all = asLines(numbers(1, 50_000));
    writeFileSync(input, all);
    const running = startInShell(`exec "$@" < ${input}`, 'tspub', [
      ...at(server.port),
      ...V5,
      ...args,
      '--unsent',
      file,
    ]);
    const connection = await server.connection(0);
    while (!connection.received.includes('21')) await new Promise((resolve) => setTimeout(resolve, 10));
    const { status, stderr } = await running.kill('SIGTERM');
    expect(status).toBe(143);
    expect(stderr).toMatch(/\nsent 21, acknowledged 1, refused 0, resent 0, unsent 49999\n$/);
    expect(`1\n${contents(file)}` === all).toBe(true);
  });
});

describe('the file of --unsent', () => {
  const args = ['-t', 'a', '-q', '1', '-m', 'x'];

  test('that has something in it is refused before anything is connected, and left as it is', async () => {
    const server = await fakeServer(silence);
    const file = newFile();
    writeFileSync(file, 'earlier\n');
    const result = await run('tspub', [...at(server.port), ...args, '--unsent', file]);
    const reason = 'it is not empty. Send its messages first, or use another file';
    expect(outcome(result)).toEqual(ended(1, '', `Error: Unable to use file "${file}" for --unsent: ${reason}.\n`));
    expect(server.connections).toEqual([]);
    expect(contents(file)).toBe('earlier\n');
  });

  for (const [path, reason] of [
    ['/nonexistent/file', 'No such file or directory'],
    ['/', 'Is a directory'],
    ['/dev/null', 'it is not a regular file'],
  ] as const) {
    test(`${path} is refused: ${reason}`, async () => {
      const result = await run('tspub', [...args, '--unsent', path]);
      expect(outcome(result)).toEqual(ended(1, '', `Error: Unable to use file "${path}" for --unsent: ${reason}.\n`));
    });
  }

  for (const [what, payload, expected, feed] of [
    ['ends in LF', 'one', 'one\n', '-l'],
    ['ends in NUL when it has a line end', 'two\nlines', 'two\nlines\0', '-l -0'],
    ['is the message alone when it has both', 'a\nb\0c', 'a\nb\0c', '-f'],
  ] as const) {
    test(`with one message ${what}`, async () => {
      const { port } = await fakeServer(acknowledging([135], untilDisconnect));
      const file = newFile();
      const argv = [...at(port), ...V5, '-t', 'a', '-q', '1', '-s', '--unsent', file];
      const { status, stderr } = await run('tspub', argv, { stdin: payload });
      expect(status).toBe(135);
      expect(stderr).toMatch(`1 message was not delivered: it is in ${file} (send with ${feed}).`);
      expect(contents(file)).toBe(expected);
    });
  }

  test('has each of the repetitions that were not delivered', async () => {
    const { port } = await fakeServer(acknowledging([0, 135], cutOff));
    const file = newFile();
    const argv = [...at(port), ...V5, ...args, '--repeat', '5', '--summary', '--unsent', file];
    const { status, stderr } = await run('tspub', argv);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^sent [23], acknowledged 1, refused 1 \(not authorized\), resent 0, unsent 4$/m);
    expect(contents(file)).toBe('x\n'.repeat(4));
  });
});

describeWithMosquitto('with a broker', () => {
  test('--unsent leaves no file, and --summary counts, when all was delivered', async () => {
    const place = await mosquittoPlace();
    const file = newFile();
    const args = ['-t', 'a', '-l', '--summary', '--quiet', '--unsent', file];
    const told = ['written 3, refused 0', ...[1, 2].map(() => 'sent 3, acknowledged 3, refused 0, resent 0')];
    for (const [qos, line] of told.entries())
      expect(outcome(await publish(place, ['-q', `${qos}`, ...args], { stdin: '1\n2\n3' }))).toEqual(
        ended(0, '', `${line}, unsent 0\n`),
      );
    expect(existsSync(file)).toBe(false);
  });

  test('-l -0 sends records that end in NUL, and tssub -0 prints such, empty ones too', async () => {
    const place = await mosquittoPlace();
    const records = 'one\0two\nlines\0\0last\r\n\0no end';
    for (const format of [[], ['-F', '%p']]) {
      const listener = await listening(place, ['-t', 'a', '-C', '5', '-0', '-q', '1', ...format]);
      expect(outcome(await publish(place, ['-q', '1', '-t', 'a', '-l', '-0'], { stdin: records }))).toEqual(ended(0));
      expect(outcome(await listener.exited)).toEqual(ended(0, `${records}\0`));
    }
  });

  test('what --unsent holds can be fed again, and then nothing is missing', async () => {
    const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
    const all = numbers(1, 5_000);
    const listener = await listening(place, ['-t', 'a', '-q', '2', '-C', '5000']);
    // It is killed for good after a while.
    const proxy = await startProxy(place.broker.port, (it) => {
      if (it.sent > 20_000) it.cut();
    });
    const file = newFile();
    const args = ['-t', 'a', '-l', '-q', '1', '--unsent', file];
    const running = start('tspub', [...at(proxy.port), ...args], { stdin: asLines(all) });
    await running.waitForStderr('connecting again');
    const { status } = await running.kill('SIGTERM');
    expect(status).toBe(143);
    const rest = contents(file);
    expect(rest.length).toBeGreaterThan(100);
    expect(asLines(all)).toContain(rest);
    const again = await publish(place, ['-t', 'a', '-l', '-q', '1'], { stdin: rest });
    expect(again.status).toBe(0);
    listener.child.kill('SIGTERM');
    await listener.exited;
  });

  test('--summary counts what was sent again after a cut', async () => {
    const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
    let cut = false;
    const proxy = await startProxy(place.broker.port, (it) => {
      if (cut || it.sent < 5_000) return;
      cut = true;
      it.cut();
    });
    const args = [...at(proxy.port), '-t', 'a', '-q', '1', '-l', '--summary'];
    const { status, stderr } = await run('tspub', args, { stdin: asLines(numbers(1, 1_000)) });
    expect(status).toBe(0);
    const [, resent] = /\nsent 1000, acknowledged 1000, refused 0, resent (\d+)\n$/.exec(stderr) ?? [];
    expect(Number(resent)).toBeGreaterThan(0);
    expect(Number(resent)).toBeLessThanOrEqual(20);
  });
});
