// The figures of README.md are those of the pages that scripts wrote: docs/performance.md and docs/fault-results.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './support/root.ts';

const page = (path: string): string => readFileSync(join(root, path), 'utf8');
const README = page('README.md');
/** Without line breaks. */
const PROSE = README.replace(/\s+/g, ' ');
const PERFORMANCE = page('docs/performance.md');
const FAULTS = page('docs/fault-results.md');
const INSTALL = page('docs/install.md');
const GUARANTEES = page('docs/guarantees.md');

/** Both times of a row of the benchmark, in milliseconds. */
function timesOf(name: string): { readonly tsmosq: number; readonly mosquitto: number } {
  const row = new RegExp(`^${name} .*? {2,}([\\d.]+) ms +([\\d.]+) ms `, 'm').exec(PERFORMANCE)!;
  return { tsmosq: Number(row[1]), mosquitto: Number(row[2]) };
}

/** The most memory of the rows whose names match, in MB. */
const memoryOf = (names: RegExp): number =>
  Math.max(
    ...PERFORMANCE.split('\n')
      .filter((line) => names.test(line))
      .map((line) => Number(/(\d+) MB$/.exec(line)![1])),
  );

describe('README.md', () => {
  it('states the times of the benchmark', () => {
    const [, publish, node, theirs] = /takes (\d+) ms, of which Node\.js takes (\d+) ms; mosquitto_pub takes (\d+) ms/
      .exec(PROSE)!
      .map(Number);
    const { tsmosq, mosquitto } = timesOf('one-1');
    expect(publish).toBe(Math.round(tsmosq));
    expect(theirs).toBe(Math.round(mosquitto));
    expect(Math.abs(node! - timesOf('node').tsmosq)).toBeLessThan(1);
    expect(PERFORMANCE).toContain(`| ${publish} ms instead of ${theirs} ms; Node.js alone takes ${node} ms of that |`);
  });

  it('states the memory of the benchmark', () => {
    const [, publishing, receiving] = /up to (\d+) MB of memory, and 500,000 messages\s+through `tssub` up to (\d+) MB/
      .exec(PROSE)!
      .map(Number);
    expect([publishing, receiving]).toEqual([memoryOf(/^m-\d-1000k/), memoryOf(/^sub-/)]);
    expect(PERFORMANCE).toContain(`| memory to publish a million lines | ${publishing} MB at most |`);
    expect(PERFORMANCE).toContain(`| memory to receive 500,000 messages | ${receiving} MB at most |`);
  });

  it('states the lines that mosquitto_pub delivered among the fault results', () => {
    const [, lines] = /deliver ([\d,]+) lines/.exec(README)!;
    expect(FAULTS).toMatch(
      new RegExp(
        `^\\| 70,000 lines \\| 1 \\| tspub .*\\n\\|  \\|  \\| mosquitto_pub \\| 70000 \\| ${lines!.replace(',', '')} \\|`,
        'm',
      ),
    );
  });

  it('states the number of faults', () => {
    const rows = [...FAULTS.matchAll(/^\| .+ \| ts(?:pub|sub|rr) \|/gm)].length;
    for (const text of [README, GUARANTEES]) expect(text).toContain(`in ${rows} faults`);
    expect(FAULTS).toContain(`runs ${rows} fault scenarios`);
  });

  it('states the sizes of the package and of an executable', () => {
    const [, download, installed] = /The package is ([\d.]+ MB) to download and ([\d.]+ MB) installed/.exec(README)!;
    const executable = /A single executable is (\d+ MB)/.exec(README)![1];
    expect(README).toContain(`**Small.** ${download} to download`);
    expect(README).toContain(`an executable of ${executable}`);
    expect(INSTALL).toContain(`| npm package | ${download} to download, ${installed} installed |`);
    expect(INSTALL).toContain(`| single executable | ${executable} |`);
    expect(PERFORMANCE).toContain(`${download}, ${installed} installed`);
    expect(PERFORMANCE).toContain(`single executable: ${executable}`);
  });

  it('has at most 150 lines', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});
