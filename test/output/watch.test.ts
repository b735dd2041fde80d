/**
 * `-w`, on a terminal that is small and virtual.
 * Covers src/util/width.ts.
 */
import { describe, expect, it } from 'vitest';
import { WatchScreen } from '../../src/output/watch.ts';
import { VirtualScreen } from '../support/screen.ts';

/** What it shows after these values, each `TOPIC=VALUE`. */
function watched(rows: number, columns: number, values: readonly string[], widthOf?: (character: string) => number) {
  const screen = new WatchScreen({ host: 'broker', size: { rows, columns }, named: true });
  const terminal = new VirtualScreen(rows, columns, widthOf).write(screen.draw());
  for (const value of values) terminal.write(screen.put(...(value.split('=') as [string, string])));
  return { screen, terminal };
}

describe('the watched screen', () => {
  it('names the broker, and gives each topic a row with its latest value, in the order in which they came', () => {
    const { terminal } = watched(6, 40, ['a=1', 'b=2', 'a=3', 'c=4', 'b=5']);
    expect(terminal.text).toEqual(['Broker: broker', 'a 3', 'b 5', 'c 4']);
    expect(terminal.row).toBe(5);
  });

  it('keeps nothing of a longer value before', () => {
    expect(watched(6, 40, ['a=3.5 and more', 'a=99']).terminal.text).toEqual(['Broker: broker', 'a 99']);
  });

  it('keeps 10,000 topics and no more', () => {
    const values = Array.from({ length: 10_002 }, (_, i) => `t${i}=x`);
    const { screen, terminal } = watched(4, 40, values);
    expect(terminal.text).toEqual(['Broker: broker', 't0 x', '\u2026 and 9999 more topics']);
    expect(screen.put('t10001', 'y')).toBe('');
  });

  it('cuts each row to the width, the topic too', () => {
    expect(watched(6, 10, ['a=12345678', 'b=123456789', 'long/topic=1', 'longer/topic=1']).terminal.text).toEqual([
      'Broker: b…',
      'a 12345678',
      'b 1234567…',
      'long/topic',
      'longer/to…',
    ]);
  });

  it('counts two columns for a wide character, and none for one that combines', () => {
    const widthOf = (character: string) => (/[語😀]/u.test(character) ? 2 : character === '\u0301' ? 0 : 1);
    const values = ['a=語語語語', 'b=語語語語語', 'c=1語語語語語', 'd=e\u0301234567890', 'e=😀😀😀😀😀'];
    expect(watched(8, 10, values, widthOf).terminal.text).toEqual([
      'Broker: b…',
      'a 語語語語',
      'b 語語語…',
      'c 1語語語…',
      'd e\u0301234567…',
      'e 😀😀😀…',
    ]);
  });

  it('counts the topics without a row', () => {
    const topics = Array.from({ length: 15 }, (_, i) => `t${i}`);
    const { terminal, screen } = watched(
      6,
      40,
      topics.map((topic) => `${topic}=x`),
    );
    expect(terminal.text).toEqual(['Broker: broker', 't0 x', 't1 x', 't2 x', '… and 12 more topics']);
    terminal.write(screen.put('t9', 'unseen')).write(screen.put('t1', 'y'));
    expect(terminal.text).toEqual(['Broker: broker', 't0 x', 't1 y', 't2 x', '… and 12 more topics']);
    expect(terminal.row).toBe(6);
    expect(
      watched(
        6,
        40,
        topics.slice(0, 4).map((topic) => `${topic}=x`),
      ).terminal.text,
    ).toContain('t3 x');
    expect(watched(2, 40, ['a=x', 'b=x']).terminal.text).toEqual(['Broker: broker', '… and 2 more topics']);
  });

  it('is redrawn in another size, with rows that did not fit before', () => {
    const { screen } = watched(4, 8, ['a=1234567890', 'b=2', 'c=3']);
    const wide = new VirtualScreen(9, 30).write('rest of what was there').write(screen.draw({ rows: 9, columns: 30 }));
    expect(wide.text).toEqual(['Broker: broker', 'a 1234567890', 'b 2', 'c 3']);
    wide.write(screen.put('d', '4'));
    expect(wide.text.at(-1)).toBe('d 4');
  });

  it('is redrawn when another line was printed', () => {
    const { terminal, screen } = watched(4, 40, ['a=1', 'b=2']);
    terminal.write('Warning: The connection was lost\nand more\n');
    screen.disturbed();
    expect(terminal.write(screen.put('b', '3')).text).toEqual(['Broker: broker', 'a 1', 'b 3']);
  });

  it('has topics escaped, and colours count for no column', () => {
    const paint = {
      heading: (text: string) => `\x1b[1m${text}\x1b[22m`,
      topic: (text: string) => `\x1b[36m${text}\x1b[39m`,
    };
    const screen = new WatchScreen({ host: 'b\x1b', size: { rows: 5, columns: 20 }, named: true, paint });
    const terminal = new VirtualScreen(5, 20).write(screen.draw()).write(screen.put('a\x1b[2J\n', '123456789'));
    expect(terminal.text).toEqual(['Broker: b\\u001b', 'a\\u001b[2J\\u000a 12…']);
  });
});
