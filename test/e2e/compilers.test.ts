// What lasts is not compiled by Maglev: a thread of it that waits for a garbage collection when the program ends keeps it from ending.
// Covers src/runtime/v8-compilers.ts.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';

/** Enough to be warm: without our doing, each of these is compiled by Maglev on Node 22 and later. */
const MANY = 20_000;
const LINES = asLines(numbers(0, MANY - 1));

const hasMaglev = Number.parseInt(process.versions.node, 10) >= 22;
if (!hasMaglev) console.warn('SKIPPED: that nothing is compiled by Maglev: this Node has it not');

/** How many functions each compiler was given, which V8 prints on standard output. */
async function compiled(program: string, args: readonly string[], stdin = ''): Promise<Map<string, number>> {
  const argv = ['--trace-opt', join(root, 'bin', `${program}.js`), ...args];
  const { status, stdout } = await run(process.execPath, argv, { stdin });
  expect(status).toBe(0);
  const counts = new Map<string, number>();
  for (const [, target] of stdout.toString('latin1').matchAll(/^\[compiling method .*\(target (\w+)\)/gm))
    counts.set(target!, (counts.get(target!) ?? 0) + 1);
  return counts;
}

/** Before our first line Node itself may have compiled something, for a long path for example. */
const OF_NODE = 3;

describe.skipIf(!hasMaglev)('V8 compiles with TurboFan, and nothing of ours with Maglev, in', () => {
  const expectNoMaglev = (counts: Map<string, number>): void => {
    expect(counts.get('TURBOFAN_JS') ?? 0).toBeGreaterThan(0);
    expect(counts.get('MAGLEV') ?? 0).toBeLessThanOrEqual(OF_NODE);
  };

  describeWithMosquitto('a run with a broker:', () => {
    test.each([
      ['tspub -l', ['-l'], LINES],
      ['tspub -l -q 1', ['-l', '-q', '1'], LINES],
      ['tspub --repeat', ['-m', 'x', '--repeat', `${MANY}`], ''],
      ['tspub --spool', ['-l', '--spool', 'SPOOL'], LINES],
    ])('%s', async (_, args, stdin) => {
      const broker = await startMosquitto();
      const words = args.map((word) => (word === 'SPOOL' ? tempDir() : word));
      expectNoMaglev(await compiled('tspub', [...at(broker.port), '-t', 'a', ...words], stdin));
    });

    test('tssub -C', async () => {
      const broker = await startMosquitto({ extra: ['max_queued_messages 0'] });
      const session = [...at(broker.port), '-t', 'a', '-q', '1', '-c', '-i', 'kept'];
      expect((await run('tssub', [...session, '-E'])).status).toBe(0);
      expect((await run('tspub', [...at(broker.port), '-t', 'a', '-q', '1', '-l'], { stdin: LINES })).status).toBe(0);
      expectNoMaglev(await compiled('tssub', [...session, '-C', `${MANY}`]));
    });
  });

  test('tsspool import', async () => {
    const records = Array.from({ length: MANY }, (_, i) => `{"topic":"a","payload":"${i}"}\n`).join('');
    expectNoMaglev(await compiled('tsspool', [join(tempDir(), 'spool'), 'import'], records));
  });
});
