/**
 * What records of standard input say: lines with a topic, and lines of JSON as our own %j and %J write them.
 * Covers src/commands/input/json-properties.ts, src/commands/input/json-record.ts, src/commands/input/json-text.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PubPlan, Records } from '../../../src/cli/plan/types.ts';
import { memberText } from '../../../src/commands/input/json-text.ts';
import type { RecordMessage } from '../../../src/commands/input/record.ts';
import { recordReader } from '../../../src/commands/input/records.ts';
import { Failure } from '../../../src/errors.ts';
import type { Properties } from '../../../src/mqtt/properties.ts';
import type { PublishPacket } from '../../../src/mqtt/types.ts';
import { pub } from '../../cli/support.ts';
import * as arbitrary from '../../mqtt/arbitraries.ts';
import { packet, rendered } from '../../output/render.ts';

const JSON_RECORDS = { kind: 'json', topic: undefined, qos: undefined, retain: false, speed: undefined } as const;

const planOf = (records: Records | undefined, more: Partial<PubPlan> = {}, version: 4 | 5 = 5): PubPlan => {
  const plan = pub();
  return { ...plan, source: { kind: 'lines' }, records, session: { ...plan.session, version }, ...more };
};

async function readAll(plan: PubPlan, ...records: readonly (string | Uint8Array)[]): Promise<RecordMessage[]> {
  const read = await recordReader(plan);
  return records.map((record) => read(Buffer.from(record))).filter((message) => message !== undefined);
}

async function complaint(plan: PubPlan, ...records: readonly (string | Uint8Array)[]): Promise<string> {
  try {
    await readAll(plan, ...records);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.status).toBe(3);
    return error.message;
  }
  throw new Error('it was taken');
}

describe('a line with a topic', () => {
  const plan = (delimiter = '\t', more: Partial<PubPlan> = {}): PubPlan =>
    planOf({ kind: 'topics', delimiter: Buffer.from(delimiter) }, { topic: '', qos: 1, retain: true, ...more });

  it.each([
    ['a/b\tc', '\t', 'a/b', 'c'],
    ['a\t', '\t', 'a', ''],
    ['a\tb\tc\r', '\t', 'a', 'b\tc\r'],
    ['a b c', ' ', 'a', 'b c'],
    ['a b::c::d', '::', 'a b', 'c::d'],
    ['ä/€\t\0\n', '\t', 'ä/€', '\0\n'],
  ])('%j cut at %j is for %j', async (line, delimiter, topic, payload) => {
    expect(await readAll(plan(delimiter), line)).toEqual([
      { topic, payload: Buffer.from(payload), qos: 1, retain: true, properties: [] },
    ]);
  });

  it('has a payload of any bytes', async () => {
    const [message] = await readAll(plan(), Buffer.from([0x61, 9, 0xff, 0, 9]));
    expect(message?.payload).toEqual(Buffer.from([0xff, 0, 9]));
  });

  it.each([
    ['', 'tab is missing between topic and payload'],
    ['abc', 'tab is missing between topic and payload'],
    ['\tx', 'the topic is empty'],
    ['a/+\tx', "invalid topic 'a/+', does it contain '+' or '#'?"],
    ['a/#\tx', "invalid topic 'a/#', does it contain '+' or '#'?"],
    [`${'/'.repeat(201)}\tx`, `invalid topic '${'/'.repeat(201)}', does it contain '+' or '#'?`],
    ['a\0\tx', 'the topic is not well-formed text'],
    ['a\x01\tx', 'the topic is not well-formed text'],
    [Buffer.from([0xff, 9]), 'the topic is not well-formed text'],
  ])('%j is refused by its number', async (line, problem) => {
    expect(await complaint(plan(), 'a\tb', 'a\t', line)).toBe(`Line 3 of standard input: ${problem}.`);
    expect(await complaint(plan('\t', { nul: true }), 'a\t', line)).toBe(`Record 2 of standard input: ${problem}.`);
  });

  it('without the delimiter of the user names that', async () => {
    expect(await complaint(plan('::'), 'a:b')).toBe(
      "Line 1 of standard input: '::' is missing between topic and payload.",
    );
  });
});

describe('a line of JSON', () => {
  const five = planOf(JSON_RECORDS);
  const inBase64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');

  it.each([
    ['{"topic":"a","payload":"x"}', { payload: 'x' }],
    ['\ufeff\t{"topic":"a","payload":2.50}', { payload: '2.50' }],
    [' {\t"payload" : "x" ,\r"topic":"a"}\r', { payload: 'x' }],
    ['{"topic":"a","payload":null}', { payload: '' }],
    ['{"topic":"a","payload":""}', { payload: '' }],
    ['{"topic":"a","payload":"\\u0000é\\ud83d\\ude00"}', { payload: '\0é😀' }],
    ['{"topic":"a","payload":"x","payload_base64":"eQ=="}', { payload: 'y' }],
    ['{"topic":"a","payload_base64":""}', { payload: '' }],
    ['{"topic":"a\\u0001/é","payload":"x"}', { topic: 'a\u0001/é', payload: 'x' }],
    ['{"topic":"a","payload":"x","qos":2,"retain":true}', { payload: 'x', qos: 2, retain: true }],
    ['{"topic":"a","payload":"x","qos":1,"retain":1}', { payload: 'x', qos: 1, retain: true }],
    ['{"topic":"a","payload":"x","retain":0}', { payload: 'x' }],
    ['{"topic":"a","payload":"x","mid":7,"payloadlen":9,"tst":"?","new":[{}],"__proto__":1}', { payload: 'x' }],
    ['{"topic":"a","payload":"x","properties":{}}', { payload: 'x' }],
    ['{"topic":"a","payload":true}', { payload: 'true' }],
    ['{"topic":"a","payload":-0.10e+05 }', { payload: '-0.10e+05' }],
    ['{"topic":"a","payload":123456789012345678901234567890}', { payload: '123456789012345678901234567890' }],
    ['{"payload": [1, "}", {"payload":2}],"topic":"a"}', { payload: '[1, "}", {"payload":2}]' }],
    ['{"topic":"a","payload":{"b":1,"1":2,"b":[]}}', { payload: '{"b":1,"1":2,"b":[]}' }],
  ])('%s', async (line, expected) => {
    const [message] = await readAll(five, line);
    expect({ ...message, payload: Buffer.from(message!.payload).toString() }).toEqual({
      topic: 'a',
      qos: 0,
      retain: false,
      properties: [],
      recorded: undefined,
      ...expected,
    });
  });

  it.each(['', ' ', '\r', '\t \r'])('%j holds no message', async (line) => {
    expect(await readAll(five, line)).toEqual([]);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['secret', 'it is not JSON'],
    ['{"topic":"a","payload":"x"} {}', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['"x"', 'it is not a JSON object'],
    [Buffer.from([0x22, 0xff, 0x22]), 'it is not UTF-8'],
    ['{"payload":"x"}', 'it has no topic'],
    ['{"topic":1,"payload":"x"}', 'the topic is not well-formed text'],
    ['{"topic":"\\ud800","payload":"x"}', 'the topic is not well-formed text'],
    ['{"topic":"a/#","payload":"x"}', "invalid topic 'a/#', does it contain '+' or '#'?"],
    ['{"topic":"a"}', 'it has no payload'],
    ['{"topic":"a","payload":"\\ud800"}', 'the payload has half of a surrogate pair'],
    ['{"topic":"a","payload_base64":"eQ"}', 'payload_base64 is not Base64'],
    ['{"topic":"a","payload_base64":"e*Q="}', 'payload_base64 is not Base64'],
    ['{"topic":"a","payload_base64":null,"payload":"x"}', 'payload_base64 is not Base64'],
    ['{"topic":"a","payload":"x","qos":3}', 'qos must be 0, 1 or 2'],
    ['{"topic":"a","payload":"x","qos":"1"}', 'qos must be 0, 1 or 2'],
    ['{"topic":"a","payload":"x","retain":"yes"}', 'retain must be true or false'],
    ['{"topic":"a","payload":"x","properties":[]}', 'properties is not an object'],
  ])('%s is refused by its number', async (line, problem) => {
    expect(await complaint(five, '', '{"topic":"a","payload":"x"}', line)).toBe(
      `Line 3 of standard input: ${problem}.`,
    );
  });

  it.each(
    [
      ['{"colour":1}', "a message has no property 'colour'"],
      ['{"will-delay-interval":1}', "a message has no property 'will-delay-interval'"],
      ['{"user-property":["k","v"]}', "a message has no property 'user-property'"],
      ['{"content-type_base64":""}', "a message has no property 'content-type_base64'"],
      ['{"content-type":1}', 'content-type is not well-formed text'],
      ['{"content-type":"a\\u0000"}', 'content-type is not well-formed text'],
      [`{"content-type":"${'é'.repeat(32_768)}"}`, 'content-type is too long'],
      ['{"response-topic":"a/+"}', "response-topic must be a topic without '+' and '#'"],
      ['{"payload-format-indicator":2}', 'payload-format-indicator must be a whole number from 0 to 1'],
      ['{"message-expiry-interval":4294967296}', 'message-expiry-interval must be a whole number from 0 to 4294967295'],
      ['{"message-expiry-interval":1.5}', 'message-expiry-interval must be a whole number from 0 to 4294967295'],
      ['{"message-expiry-interval":"1"}', 'message-expiry-interval must be a whole number from 0 to 4294967295'],
      ['{"correlation-data":null}', 'correlation-data is not well-formed text'],
      ['{"correlation-data":null,"correlation-data_base64":"_w=="}', 'correlation-data_base64 is not Base64'],
      [`{"correlation-data":"${'x'.repeat(65_536)}"}`, 'correlation-data is too long'],
      ['{"user-properties":{"k":"v"}}', 'user-properties is not an array of objects'],
      ['{"user-properties":["k"]}', 'user-properties is not an array of objects'],
      ['{"user-properties":[{"k":1}]}', 'user-property is not well-formed text'],
    ].map(([properties, problem]) => ({ properties, problem })),
  )('with properties where $problem is refused', async ({ properties, problem }) => {
    const line = `{"topic":"a","payload":"x","properties":${properties}}`;
    expect(await complaint(five, line)).toBe(`Line 1 of standard input: ${problem}.`);
  });

  it.each([
    ['{"topic":"a\\u0001"}', 'the topic has control characters, which make brokers close the connection'],
    [`{"topic":"${'/'.repeat(201)}"}`, 'the topic has more levels than brokers accept'],
    [
      '{"properties":{"content-type":"\\u0085"}}',
      'content-type has control characters, which make brokers close the connection.',
    ],
    [
      '{"properties":{"response-topic":"\\ufffe"}}',
      'response-topic has control characters, which make brokers close the connection.',
    ],
    [
      '{"properties":{"user-properties":[{"k":"v","\\t":""}]}}',
      'user-property has control characters, which make brokers close the connection.',
    ],
    [
      '{"properties":{"user-properties":[{"k":"\\n"}]}}',
      'user-property has control characters, which make brokers close the connection.',
    ],
  ])('%s is refused for a spool, which could not get past it, and only there', async (members, problem) => {
    const line = JSON.stringify({ topic: 'a', payload: 'x', ...(JSON.parse(members) as object) });
    expect(await readAll(five, line)).toHaveLength(1);
    const spool = { folder: 'd', flush: false, status: 0 };
    expect(await complaint({ ...five, spool }, line)).toContain(`Line 1 of standard input: ${problem}`);
  });

  it('loses what is of a connection only, and nothing else', async () => {
    const line = `{"topic":"a","payload":null,"properties":{"subscription-identifier":[1,2],"topic-alias":3,"user-properties":
      [{"k":"v","l":"w"},{},{"k":""}],"correlation-data":null,"correlation-data_base64":"${inBase64('\xff\0')}",
      "message-expiry-interval":-0}}`;
    expect((await readAll(five, line))[0]?.properties).toEqual([
      { name: 'user-property', value: ['k', 'v'] },
      { name: 'user-property', value: ['l', 'w'] },
      { name: 'user-property', value: ['k', ''] },
      { name: 'correlation-data', value: Buffer.from([0xff, 0]) },
      { name: 'message-expiry-interval', value: 0 },
    ]);
  });

  it('with properties needs MQTT 5, but not for those that are left out', async () => {
    const four = planOf(JSON_RECORDS, {}, 4);
    const line = (properties: string): string => `{"topic":"a","payload":"x","properties":${properties}}`;
    expect(await readAll(four, line('{}'), line('{"subscription-identifier":1}'))).toHaveLength(2);
    expect(await complaint(four, line('{"content-type":"x"}'))).toBe(
      'Line 1 of standard input: it has properties, which need MQTT 5 (-V 5).',
    );
  });

  it('gives way to the command line', async () => {
    const properties: Properties = [
      { name: 'content-type', value: 'b' },
      { name: 'user-property', value: ['k', 'b'] },
    ];
    const plan = planOf({ ...JSON_RECORDS, topic: 'b', qos: 0, retain: true }, { properties });
    const line =
      '{"topic":"#","payload":"x","qos":7,"properties":{"content-type":"a","user-properties":[{"k":"a"}],"response-topic":"r"}}';
    expect(await readAll(plan, line)).toMatchObject([
      { topic: 'b', qos: 0, retain: true, properties: [{ name: 'response-topic', value: 'r' }, ...properties] },
    ]);
  });

  it('has to have a time stamp for --replay-speed only', async () => {
    const plan = planOf({ ...JSON_RECORDS, speed: 1 });
    const line = (tst: string): string => `{"tst":${tst},"topic":"a","payload":"x"}`;
    expect(await readAll(plan, line('"2026-11-20T23:02:44.5+0000"'))).toMatchObject([{ recorded: 1_795_215_764_500 }]);
    for (const tst of ['null', '"yesterday"', '1795215764'])
      expect(await complaint(plan, line(tst))).toMatch(/^Line 1 .* it has no time stamp \(tst\) for --replay-speed\.$/);
  });
});

describe('what tssub writes, read back', () => {
  /** As JSON has them: user properties together, where the first one stands; and without what is of a connection. */
  const grouped = (properties: Properties): Properties => {
    const users = properties.filter(({ name }) => name === 'user-property');
    return properties
      .filter((entry) => entry.name !== 'user-property' || entry === users[0])
      .flatMap((entry) => (entry === users[0] ? users : [entry]))
      .filter(({ name }) => name !== 'subscription-identifier' && name !== 'topic-alias');
  };
  const messages = fc.record({
    topic: arbitrary.topic,
    payload: fc.oneof(
      arbitrary.binary,
      arbitrary.text.map((text) => Buffer.from(text)),
    ),
    qos: arbitrary.qos,
    retain: fc.boolean(),
    properties: arbitrary.properties('publish'),
  });

  it('with %j is the same message, whatever it is', async () => {
    const read = await recordReader(planOf(JSON_RECORDS));
    fc.assert(
      fc.property(messages, fc.boolean(), (message, pretty) => {
        const line = rendered('%j', packet(message.payload, message as Partial<PublishPacket>), { pretty }).stdout;
        const { payload, recorded, ...rest } = read(line)!;
        expect(recorded).toBeUndefined();
        expect({ ...rest, payload: Buffer.from(payload) }).toEqual({
          ...message,
          properties: grouped(message.properties),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('with %j is the same payload at any length', async () => {
    const read = await recordReader(planOf(JSON_RECORDS));
    for (const filling of [Buffer.from('x"\n'), Buffer.from([0xff, 0x00]), Buffer.from('é')]) {
      const payload = Buffer.alloc(300_000, filling);
      expect(Buffer.from(read(rendered('%j', packet(payload)).stdout)!.payload).equals(payload)).toBe(true);
    }
  });

  it('with %J is the text that stands there, but for strings, whose characters are sent', async () => {
    const read = await recordReader(planOf(JSON_RECORDS));
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        const line = rendered('%J', packet(JSON.stringify(value)), { pretty }).stdout;
        const payload = Buffer.from(read(line)!.payload).toString();
        const { payload: written } = JSON.parse(line.toString());
        if (typeof value === 'string') expect(payload).toBe(value);
        else if (value === null) expect(payload).toBe('');
        else if (pretty) expect(JSON.parse(payload)).toEqual(written);
        else expect(line.toString().endsWith(`,"payload":${payload}}`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the text of a member', () => {
  it('is found in whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        fc.constantFrom(0, 1, '\t'),
        (rest, value, space) => {
          const object = { ...rest, 'a"\\': value };
          expect(JSON.parse(memberText(JSON.stringify(object, undefined, space), 'a"\\')!)).toEqual(
            JSON.parse(JSON.stringify(value)),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['{"p":1,"p":[2]}', '[2]'],
    ['{"\\u0070": 3 }', '3'],
    ['{"q":"p","p":"q"}', '"q"'],
    ['{"q":{"p":1}}', undefined],
    ['{}', undefined],
  ])('p in %s is %s', (json, text) => {
    expect(memberText(json, 'p')).toBe(text);
  });
});
