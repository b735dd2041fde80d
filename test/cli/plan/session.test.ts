/** CONNECT as the options make it. */
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import type { PubPlan } from '../../../src/cli/plan/types.ts';
import { complaintOf, planIn, pub, stderrOf, sub } from '../support.ts';

describe('the client identifier', () => {
  it.each(['311', '5'])('is left to the broker with -V %s', (version) => {
    expect(pub('-V', version).session.clientId).toBe('');
  });

  it('is made up for MQTT 3.1, of 23 characters', () => {
    let n = 0;
    const random = () => (n++ % 62) / 62;
    const line = { argv: ['-t', 'a', '-n', '-V', '31'], pid: 1, random, version: '', runtime: '' };
    const ids = [1, 2, 3, 4].map(() => (readCommandLine('pub', line) as PubPlan).session.clientId);
    expect(ids[0]).toBe('mosq-ABCDEFGHIJKLMNOPQR');
    for (const id of ids) expect(id).toMatch(/^mosq-[A-Za-z0-9]{18}$/);
    expect(new Set(ids).size).toBe(4);
  });

  it('is that of -i, or of -I and the process id', () => {
    expect(pub('-i', 'me', '-V', '31').session.clientId).toBe('me');
    expect(pub('-I', 'me-').session.clientId).toBe('me-4711');
    expect(pub('-I', '').session.clientId).toBe('4711');
  });

  it('is not empty with -i, which --quiet hides', () => {
    expect(stderrOf(() => pub('-i', ''))).toBe(
      'Error: Invalid id.\nHint: The client ID is empty. Give one with -i, or omit -i.\n',
    );
    expect(stderrOf(() => sub('-i', ''))).toBe(
      'Error: Invalid id and/or clean_session.\nHint: The client ID is empty. Give one with -i, or omit -i.\n',
    );
    expect(stderrOf(() => pub('-i', '', '--quiet'))).toBe('');
  });
});

describe('messages on their way at once', () => {
  it.each([
    [[], 20],
    [['-V', '5'], 20],
    [['-M', '7'], 7],
    [['--spool', 'd'], 20],
    [['--spool', 'd', '-V', '5'], 500],
    [['--spool', 'd', '-V', '5', '-M', '7'], 7],
  ])('%j: %i', (argv, count) => {
    expect(pub(...argv).session.maxInflight).toBe(count);
  });
});

describe('the kept session', () => {
  it.each([[[]], [['-I', 'p']]])('needs -i: -c %s', (argv) => {
    expect(complaintOf(() => sub('-c', ...argv))).toBe(
      'Error: You must provide a client id if you are using the -c option.',
    );
    expect(complaintOf(() => sub('-V', '5', '-c', ...argv))).toBe(
      'Error: You must provide a client id if you are using an infinite session expiry interval.',
    );
  });

  it('may end with an identifier from -I, but not with none', () => {
    expect(sub('-c', '-x', '10', '-I', 'p').session).toMatchObject({ clean: false, clientId: 'p4711' });
    expect(complaintOf(() => sub('-c', '-x', '10'))).toBe('Error: Invalid id and/or clean_session.');
  });

  it('is asked for with the clean flag off', () => {
    expect(sub('-c', '-i', 'me').session).toMatchObject({ clean: false, properties: [] });
  });
});

describe('the properties of CONNECT', () => {
  const properties = (...argv: string[]) => pub(...argv).session.properties;
  const receive = (value: number) => ({ name: 'receive-maximum', value });
  const expiry = (value: number) => ({ name: 'session-expiry-interval', value });

  it('are those of -D, then session expiry, then receive maximum', () => {
    expect(
      properties('-x', '60', '-D', 'connect', 'topic-alias-maximum', '9', '-D', 'connect', 'user-property', 'k', 'v'),
    ).toEqual([
      { name: 'topic-alias-maximum', value: 9 },
      { name: 'user-property', value: ['k', 'v'] },
      expiry(60),
      receive(20),
    ]);
  });

  it.each([
    [[], []],
    [['-x', '0'], []],
    [['-x', '1'], [expiry(1)]],
    [['-x', '-1', '-i', 'me'], [expiry(4_294_967_295)]],
    [['-c', '-i', 'me'], [expiry(4_294_967_295)]],
    [['-c', '-i', 'me', '-x', '0'], []],
    [['-D', 'connect', 'session-expiry-interval', '0'], [expiry(0)]],
  ])('have the session expiry of %s when it is above 0', (argv, expected) => {
    expect(properties('-V', '5', ...argv)).toEqual([...expected, receive(20)]);
  });

  describe('and the size of the largest packet', () => {
    const size = (value: number) => ({ name: 'maximum-packet-size', value });
    const session = (room: number | undefined, ...argv: string[]) =>
      planIn({ packetRoom: () => room }, 'sub', '-t', 'a', ...argv).session;

    it('have it as it was asked for, unless it is the largest that there can be', () => {
      expect(properties('-V', '5', '--max-packet-size', '1000')).toEqual([receive(20), size(1000)]);
      expect(properties('-V', '5', '--max-packet-size', '268435460')).toEqual([receive(20)]);
      expect(session(5000, '-V', '5', '--max-packet-size', '268435460').properties).toEqual([receive(20)]);
    });

    it('have it only where the memory has no room for the largest', () => {
      expect(session(undefined, '-V', '5')).toMatchObject({ properties: [receive(20)], maxPacketBytes: undefined });
      expect(session(5000, '-V', '5')).toMatchObject({ properties: [receive(20), size(5000)], maxPacketBytes: 5000 });
    });

    it('have that of -D connect, which wins over the memory; two that were asked for are a fault', () => {
      const own = ['-D', 'connect', 'maximum-packet-size', '7000'];
      expect(session(5000, ...own).properties).toEqual([size(7000), receive(20)]);
      expect(stderrOf(() => pub(...own, '--max-packet-size', '1000'))).toContain(
        'Error in CONNECT properties: Duplicate property in property list',
      );
    });

    it('do not exist before MQTT 5, where the limit is our own', () => {
      expect(session(5000, '-V', '311')).toMatchObject({ properties: [], maxPacketBytes: 5000 });
    });

    it('are not asked of the memory by tspub, which receives no messages', () => {
      const asked = () => planIn({ packetRoom: () => expect.unreachable() }, 'pub', '-t', 'a', '-m', 'x');
      expect(asked().session.maxPacketBytes).toBeUndefined();
    });
  });

  it('have the receive maximum of -D connect as it is', () => {
    expect(properties('-D', 'connect', 'receive-maximum', '7')).toEqual([receive(7)]);
  });

  it.each([
    [['-C', '1'], 1],
    [['-C', '19'], 19],
    [['-C', '20'], 20],
    [['-C', '21'], 20],
  ])('have a receive maximum that %s cannot be drowned by', (argv, most) => {
    expect(sub('-V', '5', ...argv).session.properties).toEqual([receive(most)]);
  });

  it.each(['31', '311'])('do not exist with -V %s', (version) => {
    expect(properties('-V', version)).toEqual([]);
    expect(properties('-x', '5', '-V', version)).toEqual([]);
  });

  it.each(['connect', 'publish', 'disconnect'])('and those of %s are refused after -V 311, not forgotten', (target) => {
    const argv = ['-D', target, 'user-property', 'k', 'v', '-V', '311'];
    expect(complaintOf(() => pub(...argv))).toBe(
      'Error: Properties (-D) need MQTT 5, but a later option selects MQTT 3.1.1.',
    );
  });
});

describe('the session expiry interval of DISCONNECT', () => {
  const EXPIRY = ['-D', 'disconnect', 'session-expiry-interval'];
  const REASON = ['-D', 'disconnect', 'reason-string', 'bye'];
  const names = (...argv: string[]) => pub(...argv).session.disconnectProperties.map(({ name }) => name);

  it('is left out where CONNECT gave none, which servers take for a protocol error [MQTT 5, 3.14.2.2.2]', () => {
    expect(names(...EXPIRY, '9', ...REASON)).toEqual(['reason-string']);
    expect(pub(...EXPIRY, '9').warnings).toHaveLength(1);
  });

  it.each([[['-x', '5']], [['-c', '-i', 'a']], [['-D', 'connect', 'session-expiry-interval', '1']]])(
    'is sent with %s',
    (argv) => {
      expect(names(...EXPIRY, '9', ...REASON, ...argv)).toEqual(['session-expiry-interval', 'reason-string']);
      expect(pub(...EXPIRY, '9', ...argv).warnings).toEqual([]);
    },
  );

  it('is sent when it is 0', () => {
    expect(names(...EXPIRY, '0')).toEqual(['session-expiry-interval']);
    expect(pub(...EXPIRY, '0').warnings).toEqual([]);
  });
});

describe('the rest of the session', () => {
  it('is as the options say', () => {
    const { session } = pub(
      '-V',
      '5',
      '-k',
      '5',
      '-M',
      '7',
      '-u',
      'u',
      '-P',
      'p',
      '-D',
      'disconnect',
      'reason-string',
      'x',
    );
    expect(session).toMatchObject({
      version: 5,
      keepAlive: 5,
      maxInflight: 7,
      username: 'u',
      password: Buffer.from('p'),
    });
    expect(session.disconnectProperties).toEqual([{ name: 'reason-string', value: 'x' }]);
  });

  it('has a Will with --will-topic', () => {
    expect(pub('--will-topic', 'w').session.will).toEqual({
      topic: 'w',
      payload: new Uint8Array(0),
      qos: 0,
      retain: false,
      properties: [],
    });
    const argv = ['--will-topic', 'w', '--will-payload', 'x', '--will-qos', '1', '--will-retain'];
    expect(pub(...argv, '-D', 'will', 'will-delay-interval', '5').session.will).toEqual({
      topic: 'w',
      payload: Buffer.from('x'),
      qos: 1,
      retain: true,
      properties: [{ name: 'will-delay-interval', value: 5 }],
    });
  });

  it('has no Will by halves', () => {
    expect(complaintOf(() => pub('--will-payload', ''))).toBe('Error: Will payload given, but no will topic given.');
    expect(stderrOf(() => pub('--will-retain'))).toBe(
      "Error: Will retain given, but no will topic given.\n\nUse 'tspub --help' to see usage.\n",
    );
  });

  it('has a password without a user name in MQTT 5 only', () => {
    expect(pub('-P', 'p', '-V', '5').session.password).toEqual(Buffer.from('p'));
    expect(stderrOf(() => pub('-P', 'p'))).toBe(
      'Error: Problem setting username and/or password.\nHint: Add the user name with -u. Before MQTT 5 (-V 5), a password needs one.\n',
    );
    expect(stderrOf(() => pub('-P', 'p', '--quiet'))).toBe('');
    expect(pub('-P', 'p', '-u', '').session.username).toBe('');
  });

  it.each([
    ['--will-payload', 'Error: The value of --will-payload is longer than 65535 bytes.'],
    ['-P', 'Error: The value of -P is longer than 65535 bytes.'],
    ['-u', 'Error: Problem setting username and/or password.'],
    ['-i', 'Error: The value of -i is too long.'],
  ])('does not wrap the length field of %s', (option, text) => {
    const others = ['--will-topic', 'w', '-V', '5'];
    expect(() => pub(...others, option, 'a'.repeat(65_535))).not.toThrow();
    expect(complaintOf(() => pub(...others, option, 'a'.repeat(65_536)))).toBe(text);
  });
});
