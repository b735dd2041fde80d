// What it costs to render one message with -F, for ten typical patterns, and to find a topic among 10,000 filters: the
// functions alone, without a network. Each figure is a median of several rounds, in nanoseconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { median } from './median.mjs';

const PATTERNS = [
  '%p',
  '%t %p',
  '%I %t %q %l %p',
  '%U %t %p',
  '@Y-@m-@dT@H:@M:@S@z %t %p',
  '%t\\t%r\\t%q\\t%m\\t%p',
  '%-24t|%8l|%16p|',
  '%t %x',
  '%j',
  '%J',
];

const MESSAGES = 20_000;
const TOPICS = 64;
const PAYLOAD = '{"temperature":21.5}';

/**
 * Loads the sources as JavaScript, from their own directory.
 * @param {string} root
 * @param {string} exports
 */
async function loadSources(root, exports) {
  const folder = mkdtempSync(join(tmpdir(), 'tsmosq-bench-'));
  try {
    const outfile = join(folder, 'sources.mjs');
    await esbuild.build({
      stdin: { contents: exports, resolveDir: root, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      outfile,
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Nanoseconds of processor time for one of `count` calls: the median of the rounds, after an uncounted warm-up round.
 * @param {number} count
 * @param {number} rounds
 * @param {() => void} work
 */
function nanosecondsEach(count, rounds, work) {
  work();
  return median(
    Array.from({ length: rounds }, () => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return ((user + system) * 1000) / count;
    }),
  );
}

/**
 * One row for each pattern: its name and the nanoseconds for a message, including the copy into the output.
 * @param {string} root
 * @param {number} rounds
 */
export async function measureFormats(root, rounds) {
  /**
   * @type {Pick<typeof import('../src/output/compile.ts'), 'compileFormat'>
   *   & Pick<typeof import('../src/output/writer.ts'), 'OutputWriter'>
   *   & Pick<typeof import('../src/runtime/clock.ts'), 'wallTime'>}
   */
  const { compileFormat, OutputWriter, wallTime } = await loadSources(
    root,
    `export { compileFormat } from './src/output/compile.ts';
     export { OutputWriter } from './src/output/writer.ts';
     export { wallTime } from './src/runtime/clock.ts';`,
  );
  const packets = Array.from(
    { length: MESSAGES },
    (_, i) =>
      /** @type {const} */ ({
        type: 'publish',
        dup: false,
        qos: 1,
        retain: false,
        topic: `bench/sensor/${i % TOPICS}/temperature`,
        packetId: (i % 65_535) + 1,
        payload: Buffer.from(PAYLOAD),
        properties: [],
      }),
  );
  const output = new OutputWriter(
    { write: (_bytes, done) => done(), close: () => {} },
    { written: () => {}, room: () => {}, broken: () => {} },
  );
  return PATTERNS.map((pattern) => {
    const format = compileFormat(pattern);
    const render = format.renderer({ pretty: false, newline: true, warn: () => {} });
    const none = { seconds: 0, nanoseconds: 0 };
    const each = nanosecondsEach(MESSAGES, rounds, () => {
      let rendered = 0;
      for (const packet of packets) {
        render(output, packet, format.usesTime ? wallTime() : none);
        if (++rendered % 500 === 0) output.flush();
      }
    });
    return { pattern, each };
  });
}

/** Numbers of filters to search. */
export const FILTER_COUNTS = [10, 1000, 10_000];

/**
 * For each count: nanoseconds for a topic in the tree that -T uses, and for trying one filter after the other.
 * @param {string} root
 * @param {number} rounds
 */
export async function measureFilters(root, rounds) {
  /**
   * @type {Pick<typeof import('../src/mqtt/topic.ts'), 'matches'>
   *   & Pick<typeof import('../src/mqtt/topic-tree.ts'), 'TopicTree'>}
   */
  const { matches, TopicTree } = await loadSources(
    root,
    `export { matches } from './src/mqtt/topic.ts'; export { TopicTree } from './src/mqtt/topic-tree.ts';`,
  );
  return FILTER_COUNTS.map((count) => {
    const filters = Array.from({ length: count }, (_, i) => `plant/${i}/+/temperature/#`);
    const tree = new TopicTree(filters);
    // A filter matches every other topic.
    const topics = Array.from({ length: 1000 }, (_, i) => `plant/${i % (count * 2)}/line/temperature/now`);
    let found = 0;
    const each = nanosecondsEach(topics.length * 20, rounds, () => {
      for (let turn = 0; turn < 20; turn++) for (const topic of topics) if (tree.matches(topic)) found++;
    });
    const few = topics.slice(0, 5);
    const linear = nanosecondsEach(few.length, rounds, () => {
      for (const topic of few) if (filters.some((filter) => matches(filter, topic))) found++;
    });
    if (found === 0) throw new Error('no topic was found');
    return { count, each, linear };
  });
}
