/** What is asked and said on the way to the broker: pass phrases, --explain, --retry, and where -L, --unix and ports lead. */
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { Terminal } from '../../src/runtime/io.ts';
import type { Target } from '../../src/runtime/target.ts';
import {
  type Attempt,
  type Program,
  type ProgramOptions,
  type RunningProgram,
  startProgram,
} from '../support/program.ts';

/** A terminal on which this is typed, and what it showed. */
function typing(...keys: string[]): { terminal: Terminal; shown: string[]; closed(): boolean } {
  const shown: string[] = [];
  let closed = false;
  const terminal: Terminal = {
    write: (text) => void shown.push(text),
    keys: async () => {
      const next = keys.shift();
      return next === undefined ? undefined : Buffer.from(next);
    },
    close: () => {
      closed = true;
    },
  };
  return { terminal, shown, closed: () => closed };
}

describe('the pass phrase of a key', () => {
  const asking = (answers: (string | undefined)[]) => (): Attempt => ({
    asks: 'key.pem',
    answered: (phrase) => void answers.push(phrase),
  });

  it.each(['tspub', 'tssub', 'tsrr'] as const)('is asked for on the terminal by %s, and unseen', async (program) => {
    const answers: (string | undefined)[] = [];
    const { terminal, shown, closed } = typing('gehe', 'im\r');
    const words = { tspub: ['-l'], tssub: ['-E'], tsrr: ['-e', 'b', '-m', 'x', '-W', '1'] }[program];
    const running = startProgram(program, ['-t', 'a', ...words], {
      attempt: asking(answers),
      terminal: async () => terminal,
    });
    await running.finish();
    expect([answers, shown.join(''), closed()]).toEqual([['geheim'], 'Enter PEM pass phrase:\n', true]);
    expect(running.stderr).not.toContain('geheim');
  });

  it('is read from standard input where there is no terminal, unless messages are', async () => {
    const answers: (string | undefined)[] = [];
    const attempt = asking(answers);
    const first = startProgram('tspub', ['-t', 'a', '-m', 'x'], { attempt, stdin: 'secret\n' });
    expect(await first.finish()).toEqual({ status: 0, stdout: '', stderr: 'Enter PEM pass phrase:\n' });
    const second = startProgram('tspub', ['-t', 'a', '-l'], { attempt, stdin: 'a\n' });
    expect((await second.finish()).status).toBe(8);
    expect(answers).toEqual(['secret', undefined]);
  });

  it('that is empty opens no key: 8, on a line of its own', async () => {
    const answers: (string | undefined)[] = [];
    const { terminal, closed } = typing('\r');
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x'], {
      attempt: asking(answers),
      terminal: async () => terminal,
    });
    const { status, stderr } = await running.finish();
    expect([status, stderr.startsWith('\nError: '), answers, closed()]).toEqual([8, true, [undefined], true]);
  });

  it.each([
    ['\u0003', 130],
    ['\u001c', 131],
  ])('%j at it ends the run with %i, and leaves the terminal as it was', async (key, status) => {
    const { terminal, closed } = typing('abc', key);
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x'], {
      attempt: asking([]),
      terminal: async () => terminal,
    });
    expect([(await running.finish()).status, running.stderr, closed()]).toEqual([status, '', true]);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s while it is awaited ends the run with %i', async (signal, status) => {
    const { terminal } = typing();
    const waiting: Terminal = { ...terminal, keys: () => new Promise(() => {}) };
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x'], {
      attempt: asking([]),
      terminal: async () => waiting,
    });
    await running.quiet();
    running.signal(signal);
    expect((await running.finish()).status).toBe(status);
  });

  it('has as long as it takes: --connect-timeout does not count meanwhile', async () => {
    let type = (_keys: Uint8Array): void => {};
    const { terminal } = typing();
    const slow: Terminal = {
      ...terminal,
      keys: () =>
        new Promise((resolve) => {
          type = resolve;
        }),
    };
    const answers: (string | undefined)[] = [];
    const options = { attempt: asking(answers), terminal: async () => slow };
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--connect-timeout', '2'], options);
    await running.pass(60_000);
    type(Buffer.from('late\r'));
    expect([(await running.finish()).status, answers]).toEqual([0, ['late']]);
  });
});

describe('--explain', () => {
  const WORDS: Readonly<Record<'tspub' | 'tssub', readonly string[]>> = {
    tspub: ['-m', 'x', '-q', '1'],
    tssub: ['-E'],
  };
  const explained = async (program: 'tspub' | 'tssub', options: ProgramOptions): Promise<RunningProgram> => {
    const running = startProgram(program, ['-t', 'a', '--explain', ...WORDS[program]], options);
    await running.finish();
    return running;
  };

  /** A server that ends every connection before it answers CONNECT. */
  const closing: NonNullable<ProgramOptions['server']> = {
    intercept: (packet, connection) => {
      connection.closing ||= packet.type === 'connect';
      return packet.type === 'connect';
    },
  };

  it.each(['tspub', 'tssub'] as const)('of %s says that CONNECT was accepted', async (program) => {
    const { status, stderr } = await explained(program, {});
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^\* CONNECT with MQTT 5, .*: CONNACK 0, accepted$/m)]);
  });

  it('names the step that has no answer in time, and what to change', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--explain', '--connect-timeout', '2'], {
      attempt: () => 'silent',
    });
    await running.finish();
    expect(running.stderr).toMatch(/^\* Look up the name: Connection timed out\n {2}-> No DNS server answers/m);
  });

  it('tries TLS where the server ends the connection before CONNACK', async () => {
    const { stderr, targets } = await explained('tspub', { server: closing });
    expect(stderr).toContain('* Try TLS on the same port: it answers\n  -> This port speaks TLS.');
    expect(targets.map(({ tls }) => tls !== undefined)).toEqual([false, true]);
  });

  it('tries MQTT without TLS where the handshake was answered by something else', async () => {
    const attempt = (_: number, target: Target): Attempt =>
      target.tls === undefined ? {} : { fails: new Failure('tls', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }) };
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--explain', '--tls-use-os-certs'], {
      attempt,
      version: 4,
    });
    await running.finish();
    expect(running.stderr).toContain(
      '* Try MQTT without TLS on the same port: it answers\n  -> This port speaks plain MQTT. Omit the TLS options, or use the port for TLS (usually 8883).',
    );
    // Without a name, and so without a secret.
    expect(running.server.packets.at(-1)).toMatchObject({ type: 'connect', clientId: '' });
  });

  const other = (code: string): Attempt => ({ fails: new Failure('tls', { code }) });

  it.each([
    ['a certificate without a known authority', other('SELF_SIGNED_CERT_IN_CHAIN'), true],
    ['what is not TLS', other('ERR_SSL_WRONG_VERSION_NUMBER'), false],
    ['a reset', other('ECONNRESET'), false],
    ['a refused connection', { fails: 'connect' }, false],
    ['nothing', 'silent', false],
  ] satisfies [string, Attempt, boolean][])('takes %s for an answer to TLS or not', async (_, answer, isTls) => {
    const { stderr, attempts } = await explained('tspub', {
      server: closing,
      attempt: (number) => (number === 1 ? {} : answer),
    });
    expect([attempts, stderr.includes('This port speaks TLS.')]).toEqual([2, isTls]);
  });

  it.each([
    ['ends the connection', {}],
    ['is refused', { fails: 'connect' }],
    ['is silent', 'silent'],
  ] satisfies [string, Attempt][])('says nothing of MQTT without TLS when that %s', async (_, answer) => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--explain', '--tls-use-os-certs'], {
      server: closing,
      version: 4,
      attempt: (number) => (number === 1 ? other('ERR_SSL_WRONG_VERSION_NUMBER') : answer),
    });
    const { stderr } = await running.finish();
    expect([running.attempts, stderr.includes('Try MQTT')]).toEqual([2, false]);
  });

  it.each([
    ['TLS that failed over the certificate', ['--tls-use-os-certs'], other('CERT_HAS_EXPIRED')],
    ['a local socket', ['--unix', '/run/socket'], {}],
    ['WebSocket', ['--ws'], {}],
  ] satisfies [string, string[], Attempt][])('has nothing else to try for %s', async (_, words, first) => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--explain', ...words], {
      server: closing,
      attempt: () => first,
    });
    const { stderr } = await running.finish();
    expect([running.attempts, stderr.includes('* Try')]).toEqual([1, false]);
  });

  it('does not look further where the server has said what is wrong', async () => {
    const { targets, status } = await explained('tspub', { server: { connackCode: () => 135 } });
    expect([targets.length, status]).toEqual([1, 135]);
  });
});

describe('the target', () => {
  const targetOf = async (program: Program, words: string, env = {}): Promise<RunningProgram['targets'][0]> => {
    const running = startProgram(program, words.split(' '), { env, attempt: () => ({ fails: 'connect' }) });
    await running.finish();
    return running.targets[0]!;
  };

  it.each([
    ['-t a -m x -p 1234', { host: 'broker', port: 1234, tls: undefined }],
    ['-L mqtt://other:99/topic -m x', { host: 'other', port: 99, tls: undefined }],
    ['-L mqtts://other/topic -m x', { host: 'other', port: 8883, tls: expect.anything() }],
    ['-t a -m x --unix /run/socket', { unixPath: '/run/socket' }],
    ['-t a -m x --tls-use-os-certs', { port: 8883, tls: expect.objectContaining({ systemCa: true }) }],
    ['-t a -m x --ws', { webSocket: expect.anything() }],
    ['-t a -m x --proxy socks5h://proxy:1', { proxy: expect.objectContaining({ host: 'proxy', port: 1 }) }],
  ])('of tspub %s', async (words, target) => {
    expect(await targetOf('tspub', words)).toMatchObject(target);
  });

  it('has its options from the environment, too', async () => {
    expect(await targetOf('tspub', '-t a -m x', { TSMOSQ_PORT: '77' })).toMatchObject({ port: 77 });
  });
});

it('a line on standard error never steers a terminal, whatever the failure says', async () => {
  const nasty = new Failure('proxy', { message: 'a\x1b[2J\x9b\u202eb', advice: 'see\x07\ufeff' });
  for (const terminals of [[], [2]] as const) {
    const words = ['-t', 'a', '-m', 'x', '--color', 'never'];
    const running = startProgram('tspub', words, { attempt: () => ({ fails: nasty }), terminals });
    const { stderr } = await running.finish();
    expect(stderr).toBe('Error: a\\u001b[2J\\u009b\\u202eb\nHint: see\\u0007\\ufeff\n');
  }
});
