/** What mosquitto_sub 2.1.2 printed, recorded; for departures, what tssub prints instead. */
import { describe, expect, it } from 'vitest';
import { type Properties, type Property, propertyByName } from '../../src/mqtt/properties.ts';
import { compileFormat, FormatError } from '../../src/output/compile.ts';
import { PipedScreen } from '../../src/output/watch-pipe.ts';
import records from '../fixtures/format-diagnostics.json' with { type: 'json' };
import { ANSWERS, isDeparture } from '../parity/departures.ts';
import { packet, rendered } from './render.ts';

interface Recorded {
  readonly id: string;
  readonly argv: readonly string[];
  readonly setup?: readonly (readonly string[])[];
  readonly stdout?: string;
  readonly stderr: string;
}

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
      const screen = new PipedScreen();
      stdout = screen.start('127.0.0.1') + screen.before(message.topic) + stdout + screen.after();
    }
    const wanted = isDeparture(id) ? ANSWERS[id]! : record;
    expect([stdout, ours.stderr]).toEqual([wanted.stdout ?? '', wanted.stderr]);
  });
});
