// Invariant: any words, and any options file, give a plan or one UsageError with status 1 and lines for the user; a file means what the line means.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/complaint.ts';
import { optionsOf } from '../../src/cli/options/index.ts';
import type { Plan } from '../../src/cli/plan/types.ts';
import { PROPERTY_TARGETS } from '../../src/cli/values/property.ts';
import { PROPERTIES } from '../../src/mqtt/properties.ts';
import { plan, planWith } from '../cli/support.ts';
import { announce, hold, TIMEOUT } from './budget.ts';

const { report } = announce('options');
afterAll(report);

const PROGRAMS = ['pub', 'sub', 'rr'] as const;
type Program = (typeof PROGRAMS)[number];
const program = fc.constantFrom<Program>(...PROGRAMS);
const names = (of: Program): string[] => optionsOf(of).flatMap((option) => option.names);

/** Values that mean something somewhere. */
const telling = fc.constantFrom(
  ...['', '0', '1', '2', '3', '-1', '65535', '65536', '1883', '99999999999', '1e3', '0x10', '0.5', ' 1', 'abc'],
  ...[
    'a',
    'a/b',
    '#',
    '+',
    'a/#',
    '#/a',
    '$share/g/a',
    '/'.repeat(201),
    'x'.repeat(65_536),
    '\ud800',
    '\0',
    'ü',
    '\u0007',
  ],
  ...[
    'mqtt://h/t',
    'mqtts://u:p@h:1/t',
    'mqtt://[::1]:1/t',
    'mqtt://h:x/t',
    'ws://h/',
    'mqtt://%zz@h/t',
    'mqttv5',
    '311',
  ],
  ...['always', 'never', 'pem', 'tlsv1.2', '%t %p', '%', '%5', '%q', '@Y', '\\', '--', '-', '-D', '--help', 'true'],
  ...PROPERTY_TARGETS,
  ...PROPERTIES.map(({ name }) => name),
);
const value = fc.oneof(
  { weight: 4, arbitrary: telling },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
const words = program.chain((of) => {
  const name = fc.constantFrom(...names(of));
  const entry = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, value).map((pair): string[] => pair) },
    { weight: 2, arbitrary: name.map((it) => [it]) },
    { weight: 1, arbitrary: fc.tuple(name, value).map(([it, given]) => [`${it}=${given}`]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...PROPERTY_TARGETS),
          fc.constantFrom(...PROPERTIES.map((row) => row.name)),
          value,
          value,
        )
        .map(([target, property, ...rest]) => ['-D', target, property, ...rest]),
    },
    { weight: 1, arbitrary: value.map((it) => [it]) },
  );
  const usual = { pub: ['-t', 'a', '-m', 'x'], sub: ['-t', 'a'], rr: ['-t', 'a', '-e', 'b', '-m', 'x'] }[of];
  return fc
    .tuple(fc.boolean(), fc.array(entry, { maxLength: 5 }))
    .map(([complete, entries]) => ({ of, argv: [...(complete ? usual : []), ...entries.flat()] }));
});

/** What comes of it, in a form that can be compared; anything but a plan or a UsageError is thrown. */
function outcome(read: () => Plan): unknown {
  try {
    const made = read();
    return made.program === 'text'
      ? 'text'
      : JSON.stringify(made, (_, it) => (typeof it === 'function' ? 'function' : it));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.status).toBe(1);
    expect(error.stderr).toMatch(/^$|\n$/);
    expect(error.stderr).not.toMatch(/\[object |\bundefined\b|\bNaN\b|\n {4}at /);
    return error.stderr;
  }
}

describe('reading options keeps its invariant', { timeout: TIMEOUT }, () => {
  it('for any words', () => {
    hold(0.4, words, ({ of, argv }) => {
      expect(outcome(() => plan(of, ...argv))).toEqual(outcome(() => plan(of, ...argv)));
    });
  });

  it('for any bytes in an options file', () => {
    const line = fc.oneof(
      words.map(({ argv }) => Buffer.from(argv.join(' '))),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    );
    const end = fc.constantFrom('\n', '\r\n', '\n\n', ' \n', '\r', '');
    const file = fc
      .array(fc.tuple(line, end), { maxLength: 6 })
      .map((lines) => Buffer.concat(lines.flatMap(([text, after]) => [text, Buffer.from(after)])));
    hold(0.3, fc.tuple(program, file), ([of, content]) => {
      outcome(() => planWith(of, { files: { f: content } }, '-o', 'f', '-t', 'a'));
    });
  });

  it('and a file of lines means what the words mean', () => {
    const single = program.chain((of) => {
      const options = optionsOf(of).filter(({ arity, names: [name] }) => arity === 1 && name !== '-o');
      const entry = fc.tuple(fc.constantFrom(...options.flatMap((option) => option.names)), value).filter(
        // A file cannot say these.
        ([, given]) => given !== '' && !/^ |[\n]|\r$/.test(given) && !/\p{Surrogate}/u.test(given),
      );
      return fc.tuple(fc.constant(of), fc.array(entry, { maxLength: 4 }));
    });
    hold(0.3, single, ([of, entries]) => {
      const content = entries.map(([name, given]) => `${name} ${given}\n`).join('');
      const world = { files: { f: content } };
      const fromFile = outcome(() => planWith(of, world, '-o', 'f'));
      const fromLine = outcome(() => planWith(of, world, ...entries.flat()));
      const plain = (text: unknown): string => String(text).replace(/In options file f, line \d+\.\n/, '');
      expect(plain(fromFile)).toEqual(plain(fromLine));
    });
  });
});
