/**
 * `-D`: the order of its checks, and the table of properties behind them.
 * Covers src/cli/values/commands.ts.
 */
import { describe, expect, it } from 'vitest';
import { readProperty } from '../../../src/cli/values/property.ts';
import { toWords } from '../../../src/cli/words/words.ts';
import { PROPERTIES, type PropertyRow } from '../../../src/mqtt/properties.ts';
import { rawWords, words } from '../support.ts';

const read = (...texts: string[]) => readProperty(words(...texts));

/** The commands that each property can be given for. */
const COMMANDS: Readonly<Record<string, string>> = {
  'payload-format-indicator': 'publish will',
  'message-expiry-interval': 'publish will',
  'content-type': 'publish will',
  'response-topic': 'publish will',
  'correlation-data': 'publish will',
  'subscription-identifier': 'subscribe',
  'session-expiry-interval': 'connect disconnect',
  'authentication-method': 'connect',
  'authentication-data': 'connect',
  'request-problem-information': 'connect',
  'will-delay-interval': 'will',
  'request-response-information': 'connect',
  'server-reference': 'disconnect',
  'reason-string': 'disconnect',
  'receive-maximum': 'connect',
  'topic-alias-maximum': 'connect',
  'topic-alias': 'publish',
  'user-property': 'connect publish subscribe unsubscribe disconnect will',
  'maximum-packet-size': 'connect',
};
const TARGETS = ['connect', 'publish', 'subscribe', 'unsubscribe', 'disconnect', 'will'];
const rows = PROPERTIES as readonly PropertyRow[];
const pairs = rows.flatMap((row) => TARGETS.map((command) => ({ command, name: row.name, row })));
const allowed = pairs.filter(({ command, name }) => COMMANDS[name]?.split(' ').includes(command));
const refused = pairs.filter((pair) => !allowed.includes(pair));

describe('-D', () => {
  it.each(allowed)('$command $name is read, in any case', ({ command, name, row }) => {
    const valueWords = row.type === 'pair' ? ['Key', 'Value'] : ['1'];
    const read1 = read(command.toUpperCase(), name.toUpperCase(), ...valueWords, 'next');
    const value =
      row.type === 'pair' ? valueWords : row.type === 'binary' ? Buffer.from('1') : row.type === 'string' ? '1' : 1;
    expect(read1).toEqual({ target: command, property: { name, value }, used: row.type === 'pair' ? 4 : 3 });
  });

  it.each(refused)('$command $name is refused', ({ command, name }) => {
    const verdict = command === 'publish' && name === 'subscription-identifier' ? 'supported' : 'allowed';
    expect(() => read(command, name, '1', '2')).toThrow(
      `Error: ${name} property not ${verdict} for ${command} in --property argument.`,
    );
  });

  it.each(['auth', 'connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'])(
    '%s is known, but sent by no client here',
    (command) => {
      expect(() => read(command, 'user-property', 'k', 'v')).toThrow(
        `Error: user-property property not supported for ${command} in --property argument.`,
      );
      expect(() => read(command, 'topic-alias', '1')).toThrow('property not allowed for');
    },
  );

  it('checks in the order: enough words, command, name, enough words for a pair, packet, value', () => {
    const few = 'Error: --property argument given but not enough arguments specified.';
    for (const line of [[], ['x'], ['x', 'y'], ['connect', 'user-property', 'k']])
      expect(() => read(...line)).toThrow(few);
    expect(() => read('x', 'y', 'z')).toThrow('Error: Invalid command x given in --property argument.');
    expect(() => read('auth', 'y', 'z')).toThrow('Error: Invalid property name y given in --property argument.');
    expect(() => read('connect', 'topic-alias', '-1')).toThrow('not allowed for connect');
  });

  const numbers = [
    ['publish', 'payload-format-indicator', 255],
    ['publish', 'topic-alias', 65_535],
    ['publish', 'message-expiry-interval', 4_294_967_295],
    ['connect', 'receive-maximum', 65_535],
  ] as const;

  it.each(numbers)('%s %s takes 0 to %d', (command, name, max) => {
    expect(read(command, name, '0').property.value).toBe(0);
    expect(read(command, name, String(max)).property.value).toBe(max);
    for (const word of ['-1', String(max + 1), '', 'x', '1x', '0x1', '1.5']) {
      expect(() => read(command, name, word)).toThrow(
        `Error: Property value (${word}) out of range for property ${name}.`,
      );
    }
  });

  it('has 28 bits for a subscription identifier', () => {
    const name = 'subscription-identifier';
    expect(read('subscribe', name, '268435455').property.value).toBe(268_435_455);
    expect(() => read('subscribe', name, '268435456')).toThrow('Error adding property subscription-identifier 4');
    expect(() => read('subscribe', name, '4294967296')).toThrow('Error: Property value (4294967296) out of range');
  });

  it('refuses text that Mosquitto takes for malformed, in key and value too', () => {
    expect(() => read('publish', 'content-type', 'a\u0001')).toThrow('Error adding property content-type 6');
    expect(() => read('publish', 'user-property', 'a\u0001', 'v')).toThrow('Error adding property user-property 7');
    expect(() => read('publish', 'user-property', 'k', 'a\u0001')).toThrow('Error adding property user-property 7');
    const { argv, raw } = rawWords('publish', 'content-type', Buffer.from([0xff]));
    expect(() => readProperty(toWords(argv, raw))).toThrow('Error adding property content-type 6');
  });

  it('keeps the bytes of binary values', () => {
    const { argv, raw } = rawWords('publish', 'correlation-data', Buffer.from([0x61, 0xff]));
    expect(readProperty(toWords(argv, raw)).property.value).toEqual(Buffer.from([0x61, 0xff]));
  });

  it('takes 65,535 bytes and no more', () => {
    for (const line of [
      ['publish', 'correlation-data'],
      ['publish', 'content-type'],
      ['publish', 'user-property', 'k'],
    ]) {
      expect(() => read(...line, 'é'.repeat(32_767))).not.toThrow();
      expect(() => read(...line, 'é'.repeat(32_768))).toThrow(
        `Error: Property value too long for property ${line[1]}.`,
      );
    }
  });

  it('takes empty text', () => {
    expect(read('publish', 'content-type', '').property.value).toBe('');
    expect(read('connect', 'user-property', '', '').property.value).toEqual(['', '']);
  });
});
