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

/** The formats by their names. */
const FORMATS = { nagios, text, json, prometheus } as const;

/** Rejects with a Failure when they cannot be printed. With `--quiet` the exit status is all there is. */
export async function report(
  results: readonly CheckResult[],
  plan: Pick<CheckPlan, 'format' | 'output' | 'quiet'>,
  io: Pick<Io, 'stdout' | 'stderr' | 'clock'>,
): Promise<void> {
  const output = FORMATS[plan.format](results);
  if (plan.output !== undefined)
    (await import('./write-whole.ts')).writeWhole(plan.output, Buffer.from(output), '--output');
  else if (!plan.quiet) await print(io, output);
  const hints = new Set(results.flatMap(({ advice }) => (advice === undefined ? [] : [advice])));
  for (const hint of hints) warn(hintLine(escaped(hint)), plan, io);
}

/** Prints why nothing was checked, as the command line wants its report, and resolves with the exit status. */
export async function reportUnusable(
  { message, advice }: Failure,
  io: Pick<Io, 'argv' | 'env' | 'stdout' | 'stderr' | 'clock'>,
): Promise<number> {
  const named = givenTo('--format', io.argv) ?? io.env['TSMOSQ_FORMAT'];
  const format = Object.hasOwn(FORMATS, named ?? '') ? (named as keyof typeof FORMATS) : 'nagios';
  const output = givenTo('--output', io.argv) ?? io.env['TSMOSQ_OUTPUT'];
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
  const quiet = io.argv.includes('--quiet');
  try {
    await report([result], { format, output, quiet }, io);
  } catch {
    await report([result], { format, output: undefined, quiet }, io);
  }
  return UNKNOWN;
}

/** The last value of an option, on a command line that could not be read as a whole. */
function givenTo(option: string, argv: readonly string[]): string | undefined {
  const joined = argv.findLast((word) => word.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  const at = argv.lastIndexOf(option);
  return at < 0 ? undefined : argv[at + 1];
}
