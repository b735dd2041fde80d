import { describe, expect, it } from 'vitest';
import { topicFilter, topicName } from '../../../src/cli/values/kinds.ts';
import { url } from '../../../src/cli/values/url.ts';
import { bytesWord, textWord } from '../../../src/cli/words/words.ts';
import { complaintOf, plan, pub, stderrOf } from '../support.ts';

const read = (text: string) => url(topicName('publish')).read(textWord(text), '-L');
const invalid = (reason: string) => `Error: Invalid URL for -L argument specified - ${reason}.`;

describe('-L', () => {
  it.each([
    ['mqtt://h/t', { host: 'h', port: 1883, tls: false, webSocket: false, topic: 't' }],
    ['MQTT://h/t', { host: 'h', port: 1883, tls: false, webSocket: false, topic: 't' }],
    ['mqtts://h/t', { host: 'h', port: 8883, tls: true, webSocket: false, topic: 't' }],
    ['mqtt://h:8883/t', { host: 'h', port: 8883, tls: false, webSocket: false, topic: 't' }],
    ['mqtt://h//t', { host: 'h', port: 1883, tls: false, webSocket: false, topic: '/t' }],
    ['mqtt://h/a?b=1', { host: 'h', port: 1883, tls: false, webSocket: false, topic: 'a?b=1' }],
    ['mqtt://h/a:b@c/d', { host: 'h', port: 1883, tls: false, webSocket: false, topic: 'a:b@c/d' }],
    ['mqtt://[::1]/t', { host: '::1', port: 1883, tls: false, webSocket: false, topic: 't' }],
    ['mqtts://[fe80::1%25eth0]:1/t', { host: 'fe80::1%eth0', port: 1, tls: true, webSocket: false, topic: 't' }],
    ['mqtt://h/%C3%A9%2f%25', { host: 'h', port: 1883, tls: false, webSocket: false, topic: 'é/%' }],
  ])('%s is read', (text, parts) => {
    expect(read(text)).toEqual(parts);
  });

  it.each([
    ['u@h', 'u', undefined],
    ['u:@h', 'u', ''],
    ['u:p@h', 'u', 'p'],
    [':p@h', '', 'p'],
    ['u:p:q@h', 'u', 'p:q'],
    ['u%40x%3A:p%2F%40@h', 'u@x:', 'p/@'],
    ['u:p@q@h', 'u', 'p@q'],
  ])('%s has a user and a password', (authority, username, password) => {
    const parts = read(`mqtt://${authority}/t`);
    expect(parts.host).toBe('h');
    expect(parts.username).toBe(username);
    expect(parts.password).toEqual(password === undefined ? undefined : Buffer.from(password));
  });

  it('takes a password of any bytes', () => {
    expect(read('mqtt://u:%ff%00@h/t').password).toEqual(Buffer.from([0xff, 0]));
    const raw = Buffer.concat([Buffer.from('mqtt://u:'), Buffer.from([0xff]), Buffer.from('@h/t')]);
    expect(url(topicName('publish')).read(bytesWord(raw), '-L').password).toEqual(Buffer.from([0xff]));
  });

  it.each(['', 'h/a', 'mqtt:/h/a', 'http://h/a', '://h/a', 'mqtt', 'tostring://h/t'])(
    "refuses the scheme of '%s'",
    (text) => {
      expect(() => read(text)).toThrow('Error: Unsupported URL scheme.');
    },
  );

  it.each([
    ['ws', 1883, false],
    ['WSS', 8883, true],
  ])('%s has the port of MQTT', (scheme, port, tls) => {
    expect(read(`${scheme}://h/t`)).toEqual({ host: 'h', port, tls, webSocket: true, topic: 't' });
    expect(read(`${scheme}://h:80/t`).port).toBe(80);
  });

  it.each([
    ['mqtt://h', 'topic missing'],
    ['mqtt://::1/t', 'host missing'],
    ['mqtt://[]/t', 'host missing'],
    ['mqtt://[::1/t', 'bad host'],
    ['mqtt://[::1]x/t', 'bad host'],
    ['mqtt://%ff/t', 'bad host'],
    ['mqtt://h%00/t', 'bad host'],
    ['mqtt://h/100%', "bad percent-encoding (write '%25' for '%')"],
    ['mqtt://h/%4', "bad percent-encoding (write '%25' for '%')"],
    ['mqtt://u%zz@h/t', "bad percent-encoding (write '%25' for '%')"],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => read(text)).toThrow(invalid(reason));
  });

  it.each(['mqtt://me:ge/heim@h/t', 'mqtt://me:1x/@h:1/t', 'mqtt://me:1:/heim@h'])(
    'shows nothing of a password: %s',
    (text) => {
      expect(() => read(text)).toThrow(invalid("bad port, or a '/' before the '@' (write it as '%2F')"));
    },
  );

  it.each(['mqtt:///t', 'mqtt://u@/t', 'mqtt://:1/t'])('of %s cannot be looked up, like an empty -h', (text) => {
    expect(stderrOf(() => pub('-L', text))).toBe('Unable to connect (Lookup error).\n');
    expect(pub('-L', text, '-h', 'h').target.host).toBe('h');
  });

  it('takes an @ in a topic', () => {
    expect(read('mqtt://h:1/a@b')).toMatchObject({ host: 'h', port: 1, topic: 'a@b' });
    expect(read('mqtt://[::1]:1/a@b')).toMatchObject({ host: '::1', port: 1, topic: 'a@b' });
    expect(read('mqtt://[fe80::a]/a@b')).toMatchObject({ host: 'fe80::a', topic: 'a@b' });
  });

  it.each(['', '0', '65536', 'x', '1x', '1:2'])("refuses the port '%s'", (port) => {
    expect(() => read(`mqtt://h:${port}/t`)).toThrow(`Error: Invalid port given: ${port}`);
  });

  it.each(['%ff', '%00', 'x'.repeat(65_536)])("holds the user name to the rules of -u: '%s'", (user) => {
    expect(() => read(`mqtt://${user}@h/t`)).toThrow('Error: Problem setting username and/or password.');
  });

  it('holds the topic to the rules of the program', () => {
    expect(complaintOf(() => plan('pub', '-L', 'mqtt://h/'))).toMatch(/^Error: Invalid publish topic ''/);
    expect(complaintOf(() => plan('pub', '-L', 'mqtt://h/a%2b'))).toMatch(/^Error: Invalid publish topic 'a\+'/);
    expect(url(topicFilter('subscription')).read(textWord('mqtt://h/+/#'), '-L').topic).toBe('+/#');
    for (const [topic, hint] of [
      ['%01', 'Character 1 of the value is U+0001, a control character.'],
      ['%ff', 'Byte 1 of the value is 0xFF, which is not valid UTF-8.'],
      ['%00', 'Character 1 of the value is U+0000, a control character.'],
    ]) {
      expect(stderrOf(() => plan('sub', '-L', `mqtt://h/${topic}`))).toBe(
        `Error: Malformed UTF-8 in -L topic argument.\nHint: ${hint}\n\n\nUse 'tssub --help' to see usage.\n`,
      );
    }
  });

  it('overrides host, port, user and password at its place', () => {
    const { target, session } = pub('-h', 'x', '-u', 'x', '-P', 'x', '-L', 'mqtt://u:p@h:1/t');
    expect(target).toMatchObject({ host: 'h', port: 1 });
    expect(session).toMatchObject({ username: 'u', password: Buffer.from('p') });
  });
});
