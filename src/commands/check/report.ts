/** Prints results in the format that the user chose (`--format`), or writes them to a file (`--output`). */
import { json } from '../../check/formats/json.ts';
import { nagios } from '../../check/formats/nagios.ts';
import { prometheus } from '../../check/formats/prometheus.ts';
import { text } from '../../check/formats/text.ts';
import type { CheckResult } from '../../check/result.ts';
import { UNKNOWN } from '../../check/status.ts';
import type { CheckPlan } from '../../cli/plan/types.ts';
import type { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { hintLine } from '../../util/phrases.ts';
import { escaped } from '../../util/printable.ts';
import { warn } from '../run.ts';
import { print } from '../terminal/stdout.ts';
import { writeWhole } from './write-whole.ts';

/** The formats by their names. */
const FORMATS = { nagios, text, json, prometheus } as const;

/** Rejects with a Failure when they cannot be printed. With `--quiet` the exit status is all there is. */
export async function report(
  results: readonly CheckResult[],
  plan: Pick<CheckPlan, 'format' | 'output' | 'quiet'>,
  io: Pick<Io, 'stdout' | 'stderr' | 'clock'>,
): Promise<void> {
  const output = FORMATS[plan.format](results);
  if (plan.output !== undefined) writeWhole(plan.output, Buffer.from(output), '--output');
  else if (!plan.quiet) await print(io, output);
  const hints = new Set(results.flatMap(({ advice }) => (advice === undefined ? [] : [advice])));
  for (const hint of hints) warn(hintLine(escaped(hint)), plan, io);
}

/** Prints why nothing was checked, in the format that the command line names, and resolves with the exit status. */
export async function reportUnusable(
  { message, advice }: Failure,
  io: Pick<Io, 'argv' | 'stdout' | 'stderr' | 'clock'>,
): Promise<number> {
  const named = io.argv[io.argv.lastIndexOf('--format') + 1];
  const format = named === 'json' || named === 'text' ? named : 'nagios';
  const text = message.replace(/\.$/, '');
  const result: CheckResult = {
    check: 'tscheck',
    label: 'tscheck',
    broker: '',
    status: UNKNOWN,
    text,
    metrics: [],
    advice,
  };
  await report([result], { format, output: undefined, quiet: io.argv.includes('--quiet') }, io);
  return UNKNOWN;
}
