/** The text format of Prometheus, checked as promtool does it. */
import { describe, expect, it } from 'vitest';
import { prometheus } from '../../../src/check/formats/prometheus.ts';
import { BAD, GOOD, UNKNOWN_ONE } from './samples.ts';

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) [^\\n]+$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,|(?=\})))*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$`,
);

/** Throws for what promtool refuses: a sample outside its family, a family twice, a series twice, a missing newline. */
function promtool(text: string): number {
  if (!text.endsWith('\n')) throw new Error('no newline at the end');
  const families = new Set<string>();
  const series = new Set<string>();
  let family = '';
  let samples = 0;
  for (const line of text.slice(0, -1).split('\n')) {
    const head = HELP.exec(line) ?? TYPE.exec(line);
    if (head !== null) {
      if (line.startsWith('# HELP')) {
        if (families.has(head[1]!)) throw new Error(`family twice: ${line}`);
        families.add(head[1]!);
        family = head[1]!;
      } else if (head[1] !== family) throw new Error(`TYPE without HELP: ${line}`);
      continue;
    }
    const [, name, labels = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    if (name !== family) throw new Error(`outside its family: ${line}`);
    if (series.has(name + labels)) throw new Error(`series twice: ${line}`);
    series.add(name + labels);
    samples++;
  }
  return samples;
}

describe('the format of Prometheus', () => {
  it.each([[[GOOD]], [[BAD]], [[UNKNOWN_ONE]], [[GOOD, BAD, UNKNOWN_ONE, GOOD]]])(
    'is what promtool accepts',
    (results) => {
      expect(promtool(prometheus(results))).toBeGreaterThan(0);
    },
  );

  it('has base units', () => {
    const text = prometheus([GOOD, UNKNOWN_ONE]);
    expect(text).toContain(
      'tsmosq_check_roundtrip_time_seconds{check="roundtrip",broker="localhost:1883"} 0.0032154\n',
    );
    expect(text).toContain('tsmosq_check_cert_days_seconds{check="cert",broker="h:8883"} 1036800\n');
    expect(text).toContain('tsmosq_check_status{check="cert",broker="h:8883"} 3\n');
  });

  it('numbers checks that are alike in every label, so that none is missing', () => {
    const text = prometheus([GOOD, { ...GOOD, status: 2 }]);
    expect(text).toContain('{check="roundtrip",broker="localhost:1883",number="1"} 0\n');
    expect(text).toContain('{check="roundtrip",broker="localhost:1883",number="2"} 2\n');
  });

  it('escapes what a label must not have', () => {
    expect(prometheus([BAD])).toContain(String.raw`topic="it's a=b|c\n\"x\\"`);
  });
});
