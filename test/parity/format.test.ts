/**
 * `-F` beside mosquitto_sub 2.0.11: the same message, the same format, the same bytes, but for what 2.1 does otherwise
 * (DIFFERENCES) and for what we mean to do otherwise (DEPARTURES).
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { PublishPacket } from '../../src/mqtt/types.ts';
import { compileFormat, FormatError } from '../../src/output/compile.ts';
import { inZone, packet, rendered } from '../output/render.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { type RunResult, run, start } from '../support/run.ts';
import { notOnPage, type PageRow } from './page.ts';

const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata'];

/** Between the outputs of several formats in one run. No payload below has it. */
const MARK = '\x1e#\x1e';

// ------------------------------------------------------------------------------------------------------- the formats

interface Form {
  readonly text: string;
  readonly left: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
  readonly letter: string;
}

const cross = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] => as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

/** Every letter of 2.0 that does not depend on the time, with every flag, and widths and precisions around what matters. */
const FORMS: readonly Form[] = cross([...'%ACDEFlmPpqRrStXx'], ['', '0', '-', '-0', '00']).flatMap(([letter, flags]) =>
  cross(['', '1', '2', '3', '4', '5', '13', '30', '300'], ['', '.', '.0', '.1', '.3', '.20', '.300']).map(
    ([width, precision]): Form => ({
      text: `%${flags}${width}${precision}${letter}`,
      left: flags.startsWith('-'),
      zero: flags.includes('0'),
      width: Number(width),
      precision: precision === '' ? undefined : Number(precision.slice(1)),
      letter,
    }),
  ),
);

const isHex = ({ letter }: Form): boolean => letter === 'x' || letter === 'X';

interface Row {
  readonly applies: (form: Form) => boolean;
  /** What 2.0.11 prints. */
  readonly theirs: (payload: Buffer, form: Form) => Buffer;
}

/** What 2.1 does otherwise. */
const DIFFERENCES: readonly Row[] = [
  {
    // Hexadecimal: in 2.1 the width counts digits and cuts to as many bytes, and the precision sets separators.
    applies: (form) => isHex(form) && (form.width > 0 || (form.precision ?? 0) > 0),
    theirs: (payload, { left, zero, width, letter }) => {
      const bytes = width === 0 ? payload.length : Math.floor(Math.min(width, payload.length) / 2);
      const lower = payload.subarray(0, bytes).toString('hex');
      const digits = letter === 'X' ? lower.toUpperCase() : lower;
      if (width === 0) return Buffer.from(digits + (left ? ' '.repeat(payload.length) : ''));
      return Buffer.from(left ? digits.padEnd(width) : digits.padStart(width, zero ? '0' : ' '));
    },
  },
];

/** What we do otherwise, by its row in COMPATIBILITY.md. */
const DEPARTURES: readonly (Row & { readonly row: PageRow })[] = [
  {
    // The padding of the original is negative.
    row: ['Output (`-F`, also in tsrr)', '`%-p`, `%-x` without a width'],
    applies: (form) => form.left && form.width === 0 && (form.letter === 'p' || isHex(form)),
    theirs: (payload, { letter }) => {
      const shown = letter === 'p' ? payload : Buffer.from(payload.toString('hex'));
      const upper = letter === 'X' ? Buffer.from(shown.toString().toUpperCase()) : shown;
      return Buffer.concat([upper, Buffer.alloc(payload.length, ' ')]);
    },
  },
];

/**
 * JSON of ours as 2.0 prints it: retain as a number, a stray Z in the time, user properties as one object (so far 2.1), and
 * what is invisible as it is.
 */
function jsonOf20(text: string): string {
  return text
    .replace(/(?<!\\)((?:\\\\)*)\\u(007f|00[89].|00ad|20[026].|feff)/g, (_all, before: string, code: string) =>
      before.concat(String.fromCharCode(Number.parseInt(code, 16))),
    )
    .replace(/("retain":\t?)(true|false)/, (_all, key: string, value: string) => key + (value === 'true' ? '1' : '0'))
    .replace(/("tst":\t?"[^"]{26})/, '$1Z')
    .replace(/"user-properties":\t?\[\{.*?\}\]/s, (list) =>
      list
        .replace('[{', '{')
        .replace('}]', '}')
        .replace(/\s*\},\s*\{/g, ',')
        .replace(/\n\t(\t+)/g, '\n$1')
        .replace(/,\n\t\t\t\t"/g, ',\n\t\t\t"'),
    );
}

// ------------------------------------------------------------------------------------------------------ the messages

interface Case {
  readonly name: string;
  readonly payload: Buffer;
  /** Further words for mosquitto_pub and mosquitto_sub. */
  readonly pub?: readonly string[];
  readonly sub?: readonly string[];
  readonly message?: Partial<PublishPacket>;
}

const PUBLISH_PROPERTIES = [
  ['content-type', 'text/plain; ü'],
  ['user-property', 'k', 'v'],
  ['user-property', 'k', 'w "x"'],
  ['response-topic', 'r/t'],
  ['correlation-data', 'c d'],
  ['payload-format-indicator', '1'],
  ['message-expiry-interval', '100000'],
].flatMap((words) => ['-D', 'publish', ...words]);

const CASES: readonly Case[] = [
  { name: 'text', payload: Buffer.from('hello') },
  { name: 'one byte', payload: Buffer.from('7') },
  { name: 'UTF-8', payload: Buffer.from('grüße 😀 "q" \\ /\t\x7f') },
  { name: 'a number', payload: Buffer.from('21.50') },
  { name: 'JSON', payload: Buffer.from(' {"b":[1,{"c":1e-7},{}],"a":"\\u00e9\\/","b":[]} ') },
  { name: 'binary', payload: Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)) },
  { name: 'a float', payload: Buffer.from('0000ac41', 'hex') },
  { name: 'a double', payload: Buffer.from('182d4454fb210940', 'hex') },
  { name: 'long', payload: Buffer.from('0123456789'.repeat(60)) },
  { name: 'empty', payload: Buffer.alloc(0) },
  {
    name: 'QoS 1',
    payload: Buffer.from('q'),
    pub: ['-q', '1'],
    sub: ['-q', '1'],
    message: { qos: 1, packetId: 1 },
  },
  {
    name: 'properties',
    payload: Buffer.from('hi'),
    pub: ['-V', '5', '-q', '2', ...PUBLISH_PROPERTIES],
    sub: ['-V', '5', '-q', '2', '-D', 'subscribe', 'subscription-identifier', '56'],
    message: {
      qos: 2,
      packetId: 1,
      properties: [
        { name: 'subscription-identifier', value: 56 },
        { name: 'content-type', value: 'text/plain; ü' },
        { name: 'user-property', value: ['k', 'v'] },
        { name: 'user-property', value: ['k', 'w "x"'] },
        { name: 'response-topic', value: 'r/t' },
        { name: 'correlation-data', value: Buffer.from('c d') },
        { name: 'payload-format-indicator', value: 1 },
        { name: 'message-expiry-interval', value: 100_000 },
      ],
    },
  },
  {
    name: 'empty properties',
    payload: Buffer.from('{}'),
    pub: ['-V', '5', '-D', 'publish', 'content-type', '', '-D', 'publish', 'user-property', '', ''],
    sub: ['-V', '5'],
    message: {
      properties: [
        { name: 'content-type', value: '' },
        { name: 'user-property', value: ['', ''] },
      ],
    },
  },
];

let broker: Broker;
let clients = 0;

/** Runs mosquitto_sub on one message, and returns what it printed, and the message as it got it. */
async function printed(
  message: Case,
  format: string,
  words: readonly string[] = [],
  zone = 'UTC',
): Promise<{ result: RunResult; message: PublishPacket }> {
  const id = `format-${++clients}`;
  const topic = `f/${clients}/tü`;
  const at = ['-p', String(broker.port), '-t', topic];
  const publish = async (...more: string[]) => {
    const input = message.payload.length > 0 ? ['-s'] : ['-n'];
    const { status, stderr } = await run('mosquitto_pub', [...at, ...input, ...more, ...(message.pub ?? [])], {
      stdin: message.payload,
    });
    expect([status, stderr]).toEqual([0, '']);
  };
  // An empty message cannot be retained: it must come while the subscriber waits.
  const retain = message.payload.length > 0;
  if (retain) await publish('-r');
  const argv = [...at, '-i', id, '-C', '1', '-W', '10', '-N', '-F', format, ...words, ...(message.sub ?? [])];
  const running = start('mosquitto_sub', argv, { env: { TZ: zone } });
  if (!retain) {
    await broker.waitForLog(`Sending SUBACK to ${id}`);
    await publish();
  }
  return { result: await running.exited, message: packet(message.payload, { topic, retain, ...message.message }) };
}

/** The parts of an output, as Latin-1. */
const partsOf = (stdout: Buffer): string[] => stdout.toString('latin1').split(MARK);

/** Ours, as Latin-1. */
const ours = (format: string, message: PublishPacket, pretty = false, seconds = 0, nanoseconds = 0): string =>
  rendered(format, message, { pretty, at: { seconds, nanoseconds } }).stdout.toString('latin1');

it('every departure of -F has its row in COMPATIBILITY.md', () => {
  expect(notOnPage(DEPARTURES.map(({ row }) => row))).toEqual([]);
});

describeWithMosquitto('-F', () => {
  beforeAll(async () => {
    broker = await startMosquitto();
  });

  it('is compared in 5,000 forms and more', () => {
    expect(new Set(FORMS.map((form) => form.text)).size).toBeGreaterThan(5000);
  });

  it.each(CASES)('prints $name in every form as mosquitto_sub does', async (message) => {
    const texts = FORMS.map((form) => form.text);
    const { result, message: got } = await printed(message, ['%E', ...texts].join(MARK));
    expect([result.status, result.stderr]).toEqual([0, '']);
    const [expiry, ...theirs] = partsOf(result.stdout);
    // The server counts it down.
    const properties = got.properties.map((entry) =>
      entry.name === 'message-expiry-interval' ? { ...entry, value: Number(expiry) } : entry,
    );
    expect(theirs).toHaveLength(FORMS.length);
    const wrong: { format: string; theirs: string; ours: string }[] = [];
    let exceptions = 0;
    FORMS.forEach((form, i) => {
      const row = [...DIFFERENCES, ...DEPARTURES].find(({ applies }) => applies(form));
      if (row !== undefined) exceptions++;
      const mine = row?.theirs(message.payload, form).toString('latin1') ?? ours(form.text, { ...got, properties });
      if (mine !== theirs[i]) wrong.push({ format: form.text, theirs: theirs[i]!, ours: mine });
    });
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(exceptions).toBeLessThan(FORMS.length / 8);
  });

  it.each(ZONES)('prints every conversion of the time in %s as mosquitto_sub does', async (zone) => {
    const letters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
    const formats = ['@s', ...letters.map((letter) => `@${letter}`), '@é', '@ ', '@Y-@m-@dT@H:@M:@S.@N@z'];
    const { result, message } = await printed(CASES[0]!, formats.join(MARK), [], zone);
    const theirs = partsOf(result.stdout);
    const seconds = Number(theirs[0]);
    const nanoseconds = Number(theirs[1 + letters.indexOf('N')]);
    const mine = inZone(zone, () => formats.map((format) => ours(format, message, false, seconds, nanoseconds)));
    expect(mine).toEqual(theirs);
  });

  it.each(ZONES)('prints the time of a message in %s as mosquitto_sub does', async (zone) => {
    const formats = ['%I', '%.10I', '%.0I', '%30I', '%-30I', '%030I', '%-030.4I', '%5I', '%30.4I'];
    const { result, message } = await printed(CASES[0]!, ['@s', '%U', '%20U', ...formats].join(MARK), [], zone);
    const [second, unix, wide, ...theirs] = partsOf(result.stdout);
    expect([unix, wide].map((text) => /^\d+\.\d{9}$/.test(text!))).toEqual([true, true]);
    // The original reads the clock for each of them.
    const possible = [0, 1, 2].map((later) =>
      inZone(zone, () => formats.map((format) => ours(format, message, false, Number(second) + later))),
    );
    formats.forEach((_format, i) => {
      expect(possible.map((times) => times[i])).toContain(theirs[i]);
    });
  });

  const texts = CASES.filter(({ name }) => name !== 'binary' && name !== 'a float' && name !== 'a double');
  const timeless = (text: string): string =>
    text.replace(/\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}/, 'yyyy-mm-ddThh:mm:ss.uuuuuu');

  it.each(cross(texts, ['UTC', 'Asia/Kolkata']).map(([message, zone]) => ({ message, name: message.name, zone })))(
    'prints $name as JSON in $zone as mosquitto_sub does, but for what 2.1 prints otherwise',
    async ({ message, zone }) => {
      for (const pretty of [false, true]) {
        const format = `%E${MARK}%j${MARK}%5j${MARK}%J`;
        const { result, message: got } = await printed(message, format, pretty ? ['--pretty'] : [], zone);
        const [expiry, ...theirs] = result.stdout.toString().split(MARK);
        const properties = got.properties.map((entry) =>
          entry.name === 'message-expiry-interval' ? { ...entry, value: Number(expiry) } : entry,
        );
        const mine = inZone(zone, () => {
          const current = { ...got, properties };
          return ['%j', '%5j', '%J'].map((part) => rendered(part, current, { pretty }));
        });
        expect(mine.map(({ stdout }) => timeless(jsonOf20(stdout.toString())))).toEqual(theirs.map(timeless));
        expect(mine.map(({ stderr }) => stderr).join('')).toBe(result.stderr);
      }
    },
  );

  it('prints every kind of number as mosquitto_sub does', async () => {
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 1500, seed: 1 });
    const readings = fc.sample(fc.integer({ min: -10_000_000, max: 10_000_000 }), { numRuns: 1000, seed: 2 });
    const eighths = fc.sample(fc.maxSafeInteger(), { numRuns: 500, seed: 3 });
    const numbers = [
      ...doubles.map(String),
      ...readings.flatMap((value, i) => [String(value / 10 ** (i % 9)), (value / 1000).toFixed(6), String(value / 3)]),
      ...eighths.flatMap((value) => [String(value), String(value / 8), String(value / 1024)]),
      ...Array.from({ length: 40 }, (_, i) => `1e${i - 20}`),
      ...['0', '-0', '0.0', '1e400', '-1e400', '01', '1.', '-.5', '1E5', '1e+5', '9007199254740993'],
    ];
    const payload = Buffer.from(`[${numbers.join(', ')}]`);
    const { result, message } = await printed({ name: 'numbers', payload }, '%J');
    const listOf = (text: string) => /"payload":\[(.*)\]\}$/.exec(text)![1]!.split(',');
    const theirs = listOf(result.stdout.toString());
    const mine = listOf(ours('%J', message));
    expect(mine).toHaveLength(numbers.length);
    expect(numbers.map((number, i) => [number, mine[i]])).toEqual(numbers.map((number, i) => [number, theirs[i]]));
  });

  it('reads payloads as JSON, or not, as mosquitto_sub does', async () => {
    const payloads = [
      ...['true', 'false', 'null', 'nul', 'nullx', '"a\x01b"', '"a\nb"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00"'],
      ...['"\\/"', '"\\x"', '"abc', '\ufeff1', ' \t\n1 \x01', '  ', '1\0', '{}', '{ }', '[]', '[ ]', '[1,]', '[1 2]'],
      ...['{"a":1,}', '{"a" : 1 , "a":2}', '{"1":1,"0":2}', '{"":1}', '{1:2}', '{"a"}', '-', '1e', '1-2', '--1', '+1'],
      ...['.5', 'NaN', 'Infinity', '0x1', '"\x7fé\u2028"', '\u00a01', '[[{"a":[{}]}]]', '[{"a":1},{"b":{"c":[]}}]'],
      ...[`${'['.repeat(1000)}${']'.repeat(1000)}`, `${'['.repeat(1001)}${']'.repeat(1001)}`, '1'.repeat(70)],
    ];
    for (const [i, payload] of payloads.entries()) {
      const { status } = await run('mosquitto_pub', ['-p', String(broker.port), '-t', `json/${i}`, '-r', '-s'], {
        stdin: payload,
      });
      expect(status).toBe(0);
    }
    for (const pretty of [false, true]) {
      const argv = ['-p', String(broker.port), '-t', 'json/#', '-C', String(payloads.length), '-W', '10', '-N'];
      const words = ['-F', `%t${MARK}%J${MARK}`, ...(pretty ? ['--pretty'] : [])];
      const { stdout, stderr } = await run('mosquitto_sub', [...argv, ...words]);
      const parts = stdout.toString().split(MARK);
      const theirs = Object.fromEntries(payloads.map((_, i) => [parts[2 * i]!, timeless(parts[2 * i + 1]!)]));
      const complaints: string[] = [];
      const mine = payloads.map((payload, i): [string, string] => {
        const topic = `json/${i}`;
        const text = rendered('%J', packet(payload, { topic, retain: true }), {
          pretty,
          warn: (line) => complaints.push(line),
        });
        return [topic, timeless(jsonOf20(text.stdout.toString()))];
      });
      expect(Object.fromEntries(mine)).toEqual(theirs);
      expect(complaints.sort()).toEqual(stderr.split(/(?<=\n)/).sort());
    }
  });

  it('refuses what mosquitto_sub refuses, in the same words', async () => {
    const letters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));
    const formats = [
      ...letters.flatMap((letter) => [`%${letter}`, `%5${letter}`, `%.2${letter}`, `%-${letter}`, `\\${letter}`]),
      ...['', '%', '%%', '%%%', '%0', '%-0', '%-05', '%1', '%.', '%.1', '%5.', '%0-5p', '%--5p', '%00p', 'a%', 'a@'],
      ...['@', '@@', '@@@', '\\', '\\\\', '\\\\\\', '%l%', '%p%n', '%p \\x %', '\\x41', '@%', '%-5.3t', '%5.t'],
    ];
    /** 2.1 takes %f, %d and separators; so it stumbles over another character, or not at all. */
    const isNewIn21 = (format: string): boolean => /^%-?\d*(\.\d*)?([fd]|[ -$&-/:-@[-`{-~](5p)?)$/.test(format);
    const isAddition = (format: string): boolean => /^%-?\d*(\.\d*)?b$/.test(format);
    const wrong: unknown[] = [];
    let compared = 0;
    for (let i = 0; i < formats.length; i += 8) {
      const batch = formats.slice(i, i + 8);
      const results = await Promise.all(
        // Port 1: no server listens there, and only a good format gets that far.
        batch.map((format) => run('mosquitto_sub', ['-p', '1', '-t', 'a', '-F', format])),
      );
      batch.forEach((format, k) => {
        if (isNewIn21(format) || isAddition(format)) return;
        compared++;
        const theirs = /^Error: (.* specifier.*)\n/.exec(results[k]!.stderr)?.[1];
        let mine: string | undefined;
        try {
          compileFormat(format);
        } catch (problem) {
          if (!(problem instanceof FormatError)) throw problem;
          mine = problem.message;
        }
        if (mine !== theirs) wrong.push({ format, theirs, mine });
      });
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(350);
  });
});
