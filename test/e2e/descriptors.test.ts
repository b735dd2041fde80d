// Files that are named by a descriptor, as Node parents, inetd and shells give them: sockets among them, which cannot be opened by name.
// Covers src/runtime/handed-down.ts.
import { describe, expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { commandLine, type RunResult, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';

/** Standard input is a socket, which is what spawn() of Node makes. With descriptor 3 it is that one, and 0 is empty. */
function given(name: string, program: string, args: readonly string[], stdin: string): Promise<RunResult> {
  const moved = name.endsWith('/3') ? 'exec 3<&0; exec "$@" < /dev/null' : 'exec "$@"';
  return run('sh', ['-c', moved, 'sh', ...commandLine(program, args)], { stdin });
}

/** A server that takes a message at QoS 1 in MQTT 3.1.1. */
const taking = () =>
  fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 02 00 00');
    const { body } = await connection.readPacket();
    await connection.send(Buffer.from([0x40, 2, ...body.subarray(3, 5)]));
    await connection.readPacket();
    await connection.close();
  });

const NAMES = ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0', '/dev/fd/3', '/proc/self/fd/3'];

describe.skipIf(process.platform === 'win32')('a socket by the name', () => {
  describe.each(NAMES)('%s is read', (name) => {
    test.each([
      ['-f', ['-t', 'a'], 'the text'],
      ['-o', ['-t', 'a'], '-m the text\n'],
      ['--password-file', ['-t', 'a', '-m', 'x', '-u', 'user'], 'the text\n'],
    ])('by tspub %s', async (option, args, content) => {
      const server = await taking();
      const argv = [...at(server.port), '-V', 'mqttv311', '-q', '1', ...args, option, name];
      const { status, stderr } = await given(name, 'tspub', argv, content);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(String((await server.connection(0)).received)).toContain('the text');
    });

    test('by tssub --exec-file', async () => {
      const { status, stderr } = await given(name, 'tssub', [...at(1), '-t', 'a', '--exec-file', name], 'nonsense\n');
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^Error: .*line 1/) });
    });
  });

  test('/dev/fd/93, which is not open, says so', async () => {
    const { status, stderr } = await run('tspub', [...at(1), '-t', 'a', '-f', '/dev/fd/93']);
    expect(status).toBe(1);
    expect(stderr).toContain('Error: Unable to read file "/dev/fd/93": Bad file descriptor.');
  });
});

describe.skipIf(process.platform === 'win32')('a file by the name of a descriptor', () => {
  test('is read from where others have come to', async () => {
    const server = await taking();
    const command = commandLine('tspub', [
      ...at(server.port),
      '-V',
      'mqttv311',
      '-q',
      '1',
      '-t',
      'a',
      '-f',
      '/dev/stdin',
    ]);
    const script = 'printf "one\\ntwo" > f; { read line; exec "$@"; } < f';
    const { status } = await run('sh', ['-c', script, 'sh', ...command], { cwd: tempDir() });
    expect(status).toBe(0);
    const { received } = await server.connection(0);
    expect([received.includes('two'), received.includes('one')]).toEqual([true, false]);
  });
});
