/** %j and %J. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Properties } from '../../src/mqtt/properties.ts';
import { compileFormat } from '../../src/output/compile.ts';
import { gather, packet, rendered, text } from './render.ts';

const TST = '"tst":"2026-11-20T23:02:44.123456+0000"';

let zone: string | undefined;
beforeAll(() => {
  zone = process.env['TZ'];
  process.env['TZ'] = 'UTC';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('%j', () => {
  it('has its members in the order of the original', () => {
    expect(text('%j', packet('hello', { qos: 1, packetId: 3 }))).toBe(
      `{${TST},"topic":"t","qos":1,"retain":false,"payloadlen":5,"mid":3,"payload":"hello"}`,
    );
  });

  it('follows the zone from one message to the next, and keeps topics, QoS and retain apart', () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    try {
      const render = compileFormat(Buffer.from('%j')).renderer({ pretty: false, newline: true, warn: () => {} });
      // 2026-10-25: summer time ends at 01:00 UTC.
      const summer = { seconds: 1_792_889_999, nanoseconds: 0 };
      const winter = { seconds: 1_792_890_000, nanoseconds: 999_999_999 };
      const out = gather((output) => {
        for (const at of [summer, winter, summer, winter])
          for (const topic of ['a', 'b'])
            for (const qos of [0, 2] as const)
              for (const retain of [false, true])
                render(output, packet('x', { topic, qos, retain, packetId: 65_535 }), at);
      });
      const lines = out.toString().trimEnd().split('\n');
      const expected = ['02:59:59.000000+0200', '02:00:00.999999+0100', '02:59:59.000000+0200', '02:00:00.999999+0100'];
      expect(lines).toEqual(
        expected.flatMap((time) =>
          ['a', 'b'].flatMap((topic) =>
            [0, 2].flatMap((qos) =>
              [false, true].map(
                (retain) =>
                  `{"tst":"2026-10-25T${time}","topic":"${topic}","qos":${qos},"retain":${retain},"payloadlen":1,${qos > 0 ? '"mid":65535,' : ''}"payload":"x"}`,
              ),
            ),
          ),
        ),
      );
    } finally {
      process.env['TZ'] = before;
    }
  });

  it('has no packet identifier at QoS 0', () => {
    expect(text('%j', packet('hello', { retain: true }))).toBe(
      `{${TST},"topic":"t","qos":0,"retain":true,"payloadlen":5,"payload":"hello"}`,
    );
  });

  it('has a null for an empty payload', () => {
    expect(text('%j', packet(''))).toMatch(/"payloadlen":0,"payload":null}$/);
  });

  it.each([
    ['"', '\\"'],
    ['\\', '\\\\'],
    ['\b\f\n\r\t', '\\b\\f\\n\\r\\t'],
    ['\x00\x01\x1f', '\\u0000\\u0001\\u001f'],
    ['/é€😀', '/é€😀'],
    ['/\x7fé€😀\u2028', '/\\u007fé€😀\\u2028'],
  ])('writes %j as it must be written in JSON', (payload, expected) => {
    expect(text('%j', packet(payload)).split('"payload":')[1]).toBe(`"${expected}"}`);
    // The same for long payloads, which are written in another way.
    const long = 'x'.repeat(70_000);
    expect(text('%j', packet(long + payload + long)).split('"payload":')[1]).toBe(`"${long}${expected}${long}"}`);
  });

  it('writes the topic as it must be written in JSON', () => {
    expect(text('%j', packet('', { topic: 'a"\\é\n' }))).toContain('"topic":"a\\"\\\\é\\n"');
  });

  it('has a payload that is not UTF-8 in base64, beside a null', () => {
    const payload = Buffer.from([0x61, 0xff, 0x00]);
    expect(text('%j', packet(payload))).toMatch(/"payloadlen":3,"payload":null,"payload_base64":"Yf8A"}$/);
    expect(text('%j', packet(payload), { pretty: true })).toMatch(
      /\n\t"payload":\tnull,\n\t"payload_base64":\t"Yf8A"\n}$/,
    );
  });

  it('is JSON with the whole payload in it, whatever the payload', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (payload, pretty) => {
        const parsed = JSON.parse(text('%j', packet(payload), { pretty }));
        const shown =
          parsed.payload_base64 === undefined
            ? Buffer.from(parsed.payload ?? '')
            : Buffer.from(parsed.payload_base64, 'base64');
        expect(shown).toEqual(Buffer.from(payload));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the properties in JSON', () => {
  const members = (properties: Properties, pretty = false): string =>
    text('%j', packet('', { properties }), { pretty })
      .replace(/^.*"properties":/s, '')
      .replace(/,\n?\t?"payload":\t?null\n?}$/, '');

  it('are absent when there are none', () => {
    expect(text('%j', packet(''))).not.toContain('properties');
  });

  it('keep the order of the wire; user properties come together, where the first one stands', () => {
    const properties: Properties = [
      { name: 'content-type', value: 'text/plain' },
      { name: 'user-property', value: ['k', 'v'] },
      { name: 'response-topic', value: 'r/t' },
      { name: 'correlation-data', value: Buffer.from('cd') },
      { name: 'user-property', value: ['k', 'w'] },
      { name: 'payload-format-indicator', value: 1 },
      { name: 'message-expiry-interval', value: 4_294_967_295 },
      { name: 'topic-alias', value: 65_535 },
      { name: 'subscription-identifier', value: 56 },
    ];
    expect(members(properties)).toBe(
      '{"content-type":"text/plain","user-properties":[{"k":"v"},{"k":"w"}],"response-topic":"r/t",' +
        '"correlation-data":"cd","payload-format-indicator":1,"message-expiry-interval":4294967295,' +
        '"topic-alias":65535,"subscription-identifier":56}',
    );
  });

  it('may be empty strings', () => {
    const properties: Properties = [
      { name: 'content-type', value: '' },
      { name: 'correlation-data', value: Buffer.alloc(0) },
      { name: 'user-property', value: ['', ''] },
    ];
    expect(members(properties)).toBe('{"content-type":"","correlation-data":"","user-properties":[{"":""}]}');
  });

  it('keep a NUL in correlation data; what is not UTF-8 is in base64', () => {
    expect(members([{ name: 'correlation-data', value: Buffer.from('a\0b') }])).toBe(
      '{"correlation-data":"a\\u0000b"}',
    );
    expect(members([{ name: 'correlation-data', value: Buffer.of(0xff) }])).toBe(
      '{"correlation-data":null,"correlation-data_base64":"/w=="}',
    );
  });

  it('have several subscription identifiers as an array', () => {
    expect(
      members([
        { name: 'subscription-identifier', value: 1 },
        { name: 'content-type', value: 'x' },
        { name: 'subscription-identifier', value: 268_435_455 },
      ]),
    ).toBe('{"subscription-identifier":[1,268435455],"content-type":"x"}');
  });

  it('are indented', () => {
    const properties: Properties = [
      { name: 'content-type', value: 'x' },
      { name: 'user-property', value: ['k', 'v'] },
      { name: 'user-property', value: ['k', 'w'] },
      { name: 'correlation-data', value: Buffer.of(0xff) },
    ];
    expect(members(properties, true)).toBe(
      '\t{\n\t\t"content-type":\t"x",\n' +
        '\t\t"user-properties":\t[{\n\t\t\t\t"k":\t"v"\n\t\t\t}, {\n\t\t\t\t"k":\t"w"\n\t\t\t}],\n' +
        '\t\t"correlation-data":\tnull,\n\t\t"correlation-data_base64":\t"/w=="\n\t}',
    );
  });
});

describe('%J', () => {
  it.each([
    ['{"a":1.50,"b":[1,2],"c":"x\\u00e9"}', '{"a":1.5,"b":[1,2],"c":"xé"}'],
    ['21.50', '21.5'],
    [' "x" ', '"x"'],
    ['', 'null'],
  ])('has the payload %s as %s', (payload, expected) => {
    const { stdout, stderr } = rendered('%J', packet(payload));
    expect(stdout.toString().split('"payload":')[1]).toBe(`${expected}}`);
    expect(stderr).toBe('');
  });

  it('is indented all the way', () => {
    expect(text('%J', packet('{"a":1}'), { pretty: true })).toBe(
      `{\n\t"tst":\t${TST.slice(6)},\n\t"topic":\t"t",\n\t"qos":\t0,\n\t"retain":\tfalse,\n\t"payloadlen":\t7,\n` +
        '\t"payload":\t{\n\t\t"a":\t1\n\t}\n}',
    );
  });

  it.each(['not json', '1\0', '{', 'a\xff'])('prints nothing for the payload %j, and says why', (payload) => {
    const { stdout, stderr } = rendered('[%J]', packet(payload, { topic: 'f/617' }));
    expect(stdout.toString()).toBe('[]');
    expect(stderr).toBe('Error: Message payload is not valid JSON on topic f/617.\n');
  });

  it('has a payload that would be JSON, were its strings UTF-8, in base64', () => {
    const payload = Buffer.from('{"a":"\xff"}', 'latin1');
    const parsed = JSON.parse(text('%J', packet(payload)));
    expect(parsed.payload).toBeNull();
    expect(Buffer.from(parsed.payload_base64, 'base64')).toEqual(payload);
  });

  it('is JSON or nothing, whatever the payload', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.json()), fc.boolean(), (payload, pretty) => {
        const { stdout, stderr } = rendered('%J', packet(payload), { pretty });
        if (stdout.length > 0) JSON.parse(stdout.toString());
        expect(stdout.length > 0).toBe(stderr === '');
      }),
      { numRuns: 2000 },
    );
  });
});
