/** What mosquitto_sub 2.1.2 printed, recorded; and where we mean to print something else. */
import { describe, expect, it } from 'vitest';
import { type Properties, type Property, propertyByName } from '../../src/mqtt/index.ts';
import { compileFormat, FormatError } from '../../src/output/compile.ts';
import { WatchScreen } from '../../src/output/watch.ts';
import records from '../fixtures/format-diagnostics.json' with { type: 'json' };
import { packet, rendered } from './render.ts';

interface Recorded {
  readonly id: string;
  readonly argv: readonly string[];
  readonly setup?: readonly (readonly string[])[];
  readonly stdout?: string;
  readonly stderr: string;
}

/** Where we print something else, and why. */
const DEPARTURES: Readonly<Record<string, { stdout: string; stderr?: string; why: string }>> = {
  c612: { stdout: 'hello|\n', why: '%-p without a width adds no blanks' },
  c620: {
    stdout: '\n',
    stderr: 'requested float printing, but non-float data received\n',
    why: 'a line on standard error ends with a line end',
  },
  c621: {
    stdout: '\n',
    stderr: 'requested double printing, but non-double data received\n',
    why: 'a line on standard error ends with a line end',
  },
  c633: {
    stdout:
      '{"tst":"{tst}","topic":"g/ec","qos":0,"retain":true,"payloadlen":1,"properties":{"content-type":""},"payload":"1"}\n',
    why: 'an empty string is a string',
  },
  c634: { stdout: '\n', why: 'an empty content type is no reason to crash' },
};

const valueAfter = (argv: readonly string[], option: string): string | undefined => {
  const at = argv.indexOf(option);
  return at < 0 ? undefined : argv[at + 1];
};

function propertiesIn(argv: readonly string[], of: string): Properties {
  const found: Property[] = [];
  argv.forEach((word, i) => {
    if (word !== '-D' || argv[i + 1] !== of) return;
    const [name, value = '', second = ''] = argv.slice(i + 2, i + 5);
    const { type } = propertyByName(name!)!;
    const kinds = { string: value, binary: Buffer.from(value), pair: [value, second] };
    found.push({ name, value: type in kinds ? kinds[type as keyof typeof kinds] : Number(value) } as Property);
  });
  return found;
}

/** The message that the recorded command received. */
function received(record: Recorded) {
  const { argv, setup } = record;
  const published = setup?.[0] ?? argv;
  const topic = valueAfter(published, '-t')!;
  const isRequest = setup === undefined;
  const properties: Properties = isRequest
    ? [{ name: 'response-topic', value: valueAfter(argv, '-e')! }]
    : [...propertiesIn(published, 'publish'), ...propertiesIn(argv, 'subscribe')];
  const qos = published.includes('-q') && argv.includes('-q') ? 1 : 0;
  return packet(valueAfter(published, '-m')!, { topic, retain: !isRequest, properties, qos, packetId: qos });
}

const all = records as readonly Recorded[];
const printing = all.filter((record) => !record.stderr.includes('--help'));
const refused = all.filter((record) => record.stderr.includes('--help'));

describe('the recorded formats', () => {
  it('are all here', () => {
    expect([printing.length, refused.length]).toEqual([28, 26]);
  });

  it.each(refused)('$id: $argv', ({ argv, stderr }) => {
    const source = valueAfter(argv, '-F')!;
    expect(() => compileFormat(source)).toThrow(new FormatError(stderr.split('\n')[0]!.slice('Error: '.length)));
  });

  it.each(printing)('$id: $argv', (record) => {
    const { id, argv } = record;
    const message = received(record);
    const source = valueAfter(argv, '-F') ?? '%p';
    const pretty = argv.includes('--pretty');
    const ours = rendered(source, message, { pretty, newline: !argv.includes('-N') });
    let stdout = ours.stdout.toString().replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d{4}/, '{tst}');
    if (argv.includes('-w')) {
      const screen = new WatchScreen();
      stdout = screen.start('127.0.0.1') + screen.before(message.topic) + stdout + screen.after();
    }
    const departure = DEPARTURES[id];
    expect(stdout).toBe(departure?.stdout ?? record.stdout ?? '');
    expect(ours.stderr).toBe(departure === undefined ? record.stderr : (departure.stderr ?? ''));
  });
});
