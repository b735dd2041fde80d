/** How failures are worded for a user of the options, and that no code below cli/ names an option. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { mqttAdvice, publishAdvice, worded } from '../../src/cli/advice.ts';
import { Failure } from '../../src/errors.ts';
import { REASONS } from '../../src/mqtt/reasons.ts';
import { OPTIONS } from '../mqtt/session/harness.ts';

const refused = (reason: number) => new Failure('refused', { reason });

describe('a message that the broker rejects', () => {
  it.each([
    [128, false, 'a', 'The broker gives no reason. Its log may have one.'],
    [128, true, 'a', undefined],
    [135, true, 'a\nb', "The access rules of the broker do not allow publishing to 'a\\u000ab'."],
    [135, false, undefined, 'The access rules of the broker do not allow publishing to the topic.'],
    [144, false, 'a', "The broker does not accept 'a'. Publish to another topic."],
    [145, false, 'a', undefined],
    [149, false, 'a', 'The message is larger than the broker accepts. Send less, or raise its limit.'],
    [151, false, 'a', 'The broker has reached a limit. Try again later, or raise its limit.'],
    [153, false, 'a', 'The payload is not text in UTF-8. Check -D publish payload-format-indicator.'],
  ] as const)('with %i, given a reason: %s, on %j: %s', (code, hasReason, topic, advice) => {
    expect(publishAdvice(code, hasReason, topic)).toBe(advice);
  });
});

describe('a CONNACK that refuses', () => {
  it.each([
    [3, 1, 'The broker does not support MQTT 3.1. Try -V 311.'],
    [4, 1, 'The broker does not support MQTT 3.1.1. Try -V 5 or -V 31.'],
    [4, 2, 'The broker rejects this client ID. Use another one with -i.'],
    [4, 3, 'Try again later, or use --retry COUNT.'],
    [4, 4, 'Check the user name (-u) and the password (-P or --password-file).'],
    [4, 5, 'The broker requires a user name and a password. Use -u with -P or --password-file.'],
    [5, 0x84, 'The broker does not support MQTT 5. Try -V 311.'],
    [5, 0x85, 'The broker rejects this client ID. Use another one with -i.'],
    [5, 0x86, 'Check the user name (-u) and the password (-P or --password-file).'],
    [5, 0x87, 'The broker requires a user name and a password. Use -u with -P or --password-file.'],
    [5, 0x80, undefined],
  ] as const)('version %i, code %i: %s', (version, code, advice) => {
    expect(mqttAdvice(refused(code), { ...OPTIONS, version, username: undefined }, {}, false)).toBe(advice);
  });

  it('reports to a user who gave a user name that it does not help', () => {
    for (const [version, code] of [
      [4, 5],
      [5, 0x87],
    ] as const)
      expect(mqttAdvice(refused(code), { ...OPTIONS, version, username: 'u' }, {}, false)).toMatch(/This user may not/);
  });

  it('has advice for every reason that a user can act on', () => {
    const without = REASONS.filter(({ code, packets }) => code >= 128 && packets.includes('connack'))
      .map(({ code }) => code)
      .filter((code) => mqttAdvice(refused(code), { ...OPTIONS, version: 5 }, {}, false) === undefined);
    // Unspecified, malformed, protocol error, implementation specific: the server does not say what to change.
    expect(without).toEqual([0x80, 0x81, 0x82, 0x83]);
  });
});

it('a full spool gets the name of the option, and what to do', () => {
  const limit = new Failure('file', { remedy: { code: 'spool-limit', limit: 'age' } });
  expect(worded(limit)).toMatchObject({
    message: 'File error (--spool-max-age)',
    advice: 'Send what is queued with --flush, or raise the limit.',
  });
});

describe('a connection that ends without CONNACK', () => {
  it('may be lost because --max-packet-size is small', () => {
    const advice = (version: 4 | 5, most: number) =>
      mqttAdvice(new Failure('connection-lost'), { ...OPTIONS, version, maxPacketBytes: most }, {}, false);
    const small = /^No CONNACK arrived\. It may be larger than the 10 bytes of --max-packet-size\./;
    expect(advice(5, 10)).toMatch(small);
    expect(advice(5, 100)).not.toMatch(small);
    expect(advice(4, 10)).not.toMatch(small);
    const properties = [{ name: 'maximum-packet-size', value: 10 }] as const;
    expect(mqttAdvice(new Failure('connection-lost'), { ...OPTIONS, version: 5, properties }, {}, false)).toMatch(
      small,
    );
  });

  it('may have reached the wrong port; after CONNACK nothing is printed', () => {
    for (const kind of ['connection-lost', 'keepalive'] as const) {
      expect(mqttAdvice(new Failure(kind), OPTIONS, {}, false)).toMatch(
        /^No CONNACK arrived\. The port may need TLS \(--cafile\), WebSocket \(--ws\) or another MQTT version \(-V\)\.$/,
      );
      expect(mqttAdvice(new Failure(kind), OPTIONS, { tls: { certFile: 'c' } }, false)).toMatch(
        /^No CONNACK arrived\. The port may need WebSocket \(--ws\) or another MQTT version \(-V\)\.$/,
      );
      expect(mqttAdvice(new Failure(kind), OPTIONS, {}, true)).toBeUndefined();
    }
    expect(mqttAdvice(new Failure('malformed'), OPTIONS, {}, false)).toBeUndefined();
  });

  it('has no advice about TLS where the layers below MQTT have been answered', () => {
    const advice = (way: Parameters<typeof mqttAdvice>[2]) =>
      mqttAdvice(new Failure('connection-lost'), OPTIONS, way, false)?.replace('No CONNACK arrived. ', '');
    expect(advice({ tls: {} })).toBe(
      'The port may need a client certificate (--cert), WebSocket (--ws) or another MQTT version (-V).',
    );
    expect(advice({ webSocket: {} })).toBe('The broker may need another MQTT version (-V).');
    expect(advice({ tls: {}, webSocket: {} })).toBe('The broker may need another MQTT version (-V).');
  });
});

describe('a failure with a remedy', () => {
  it('is worded with options, once', () => {
    const failure = new Failure('tls', {
      message: 'the broker requires a client certificate',
      advice: 'name one',
      remedy: { code: 'client-certificate' },
    });
    const said = worded(failure);
    expect([said.message, said.advice]).toEqual([
      'the broker requires a client certificate (--cert, --key)',
      'Use --cert with a certificate that the broker accepts, and --key with its private key.',
    ]);
    expect(worded(said)).toBe(said);
  });

  it('keeps its kind, its status and what it says where the options have no part in it', () => {
    const message = 'A pre-shared key cannot be used';
    const psk = new Failure('tls', { status: 3, message, advice: 'x', remedy: { code: 'psk-unavailable' } });
    expect(worded(psk)).toMatchObject({ kind: 'tls', status: 3, message: '--psk cannot be used', advice: 'x' });
    const plain = new Failure('connect', { advice: 'is the broker running?' });
    expect(worded(plain)).toBe(plain);
  });
});

/** The floors below cli/. */
const BELOW = ['client', 'errors.ts', 'library', 'mqtt', 'net', 'output', 'passwd', 'runtime', 'spool', 'util'];

/** Something that looks like an option and is none of ours. */
const OF_OTHERS =
  /ulimit -n\.$|openssl |^-(e|c|in |out|certsout)$|^pkcs7 -inform DER$|^--no-maglev --no-concurrent-sparkplug$/;
const OPTION = /(?:^|[\s('"`])--?[a-zA-Z][\w-]*/;

/** The texts in a source, in strings and templates, that name an option. */
function optionsIn(source: string): string[] {
  const found: string[] = [];
  const see = (text: string | null): void => {
    if (text !== null && OPTION.test(text) && !OF_OTHERS.test(text)) found.push(text);
  };
  const { program, errors } = parseSync('source.ts', source);
  expect(errors).toEqual([]);
  new Visitor({
    Literal: ({ value }) => see(typeof value === 'string' ? value : null),
    TemplateElement: ({ value }) => see(value.cooked),
  }).visit(program);
  return found;
}

describe('below cli/', () => {
  const root = join(import.meta.dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && BELOW.includes(path.split(sep)[0]!),
  );

  it.each(files)('%s names no option', (path) => {
    expect(optionsIn(readFileSync(join(root, path), 'utf8'))).toEqual([]);
  });

  it.each([
    ["const advice = 'trust it with --cafile or --capath';", 1],
    ["throw new Error('-A cannot be used');", 1],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source to be looked at
    ['const advice = `${host} is an address: SRV records (-S) belong to names`;', 1],
    ["// use --cafile\nconst advice = 'a well-known, half-open port - or none: -1';", 0],
    ["const cure = 'Too many files are open. Raise the limit with ulimit -n.';", 0],
  ])('%s: %i', (source, count) => {
    expect(optionsIn(source)).toHaveLength(count);
  });
});
