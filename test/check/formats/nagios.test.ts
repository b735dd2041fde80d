/** The line of a monitoring plugin, read by a parser as strict as the guidelines. */
import { describe, expect, it } from 'vitest';
import { headline, nagios } from '../../../src/check/formats/nagios.ts';
import { escapedLines } from '../../../src/util/printable.ts';
import { BAD, GOOD, UNKNOWN_ONE } from './samples.ts';

/** `'label'=value[UOM];[warn];[crit];[min];[max]` [Monitoring Plugins Development Guidelines, Performance data]. */
const RANGE = String.raw`@?(?:(?:~|-?\d+(?:\.\d+)?):)?(?:-?\d+(?:\.\d+)?)?`;
const ONE = new RegExp(
  String.raw`^(?:'(?:[^'=]|'')+'|[^'= ]+)=-?\d+(?:\.\d+)?(?:us|ms|s|%|B|KB|MB|TB|c|d)?(?:;${RANGE})?(?:;${RANGE})?(?:;-?\d*)?(?:;-?\d*)?( |$)`,
);

function performanceData(line: string): number {
  let rest = line.slice(line.indexOf('|') + 2);
  let count = 0;
  for (; rest !== ''; count++) {
    const found = ONE.exec(rest);
    if (found === null) throw new Error(`not performance data: ${rest}`);
    rest = rest.slice(found[0].length);
  }
  return count;
}

describe('the format of monitoring plugins', () => {
  it('is a line with performance data', () => {
    expect(nagios([GOOD])).toBe(
      'MQTT OK - a message at QoS 1 came back in 3.2 ms | time=3.215ms;200;1000 connect=0.5ms\n',
    );
  });

  it.each([[[GOOD]], [[BAD]], [[UNKNOWN_ONE]], [[GOOD, BAD, UNKNOWN_ONE]]])(
    'has data that a strict parser reads',
    (results) => {
      const [line] = nagios(results).split('\n');
      expect(line!.split('|')).toHaveLength(2);
      expect(performanceData(line!)).toBe(results.flatMap(({ metrics }) => metrics).length);
    },
  );

  it('lets no text of others end the line, begin performance data, or reach the terminal', () => {
    const text = nagios([BAD]);
    expect(escapedLines(text)).toBe(text);
    expect(text.split('\n')).toHaveLength(4);
    expect(text.replace(/^.*\n/, '')).not.toContain('|');
  });

  it('of several checks says how many are not good, and has a line for each', () => {
    expect(nagios([GOOD, BAD, UNKNOWN_ONE]).split('\n').slice(0, 1)[0]).toContain(
      'MQTT CRITICAL - 2 of 3 checks are not OK: ',
    );
    expect(nagios([GOOD, GOOD])).toContain('MQTT OK - all 2 checks are OK | ');
    expect(nagios([GOOD, UNKNOWN_ONE]).split('\n')[1]).toBe(
      'OK: roundtrip of localhost:1883: a message at QoS 1 came back in 3.2 ms',
    );
  });

  it('has at most 20 lines of details', () => {
    const details = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const lines = nagios([{ ...GOOD, details }]).split('\n');
    expect([lines.length, lines.at(-2)]).toEqual([23, 'and 10 more']);
  });

  it('of no check says so', () => {
    expect(headline([])).toBe('nothing was checked');
  });
});
