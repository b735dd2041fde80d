/** The command line of tscheck, and the lines of `--checks`: each of those stands behind what the command line says. */
import { Failure } from '../errors.ts';
import type { FileRead } from '../runtime/io.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { spans } from './parse/parse.ts';
import { checkPlan } from './plan/check.ts';
import type { CheckJob, Plan } from './plan/types.ts';
import { shown } from './words/shown.ts';
import { toWords } from './words/words.ts';

/** Of 10,000 checks. */
const MOST_BYTES = 1024 * 1024;

/** Throws a UsageError, or a Failure that names the line of the file. */
export function readCheckLine(line: CommandLine): Plan {
  const plan = read(line);
  if (plan.program !== 'check' || plan.checksFile === undefined) return plan;
  const path = plan.checksFile;
  const base = withoutChecks(line.argv);
  const jobs: CheckJob[] = [];
  const warnings = [...plan.warnings];
  for (const [number, words] of linesOf(line.readOptionsFile?.(path, MOST_BYTES), path)) {
    const idle = words.find((word) => REPORTING.has(word.replace(/=.*/s, '')));
    if (idle !== undefined) throw fault(`${path}, line ${number}`, `${idle} is about the report as a whole`);
    const one = inPlace(`${path}, line ${number}`, () => read({ ...line, argv: [...base, ...words], raw: undefined }));
    if (one.program !== 'check' || one.jobs.length === 0) throw fault(`${path}, line ${number}`, 'it names no check');
    jobs.push(...one.jobs);
    for (const warning of one.warnings) if (!warnings.includes(warning)) warnings.push(warning);
  }
  if (jobs.length === 0) throw fault(path, 'it has no check');
  return { ...plan, warnings, jobs };
}

/** Options that are about the report as a whole. */
const REPORTING: ReadonlySet<string> = new Set(['--checks', '--format', '--output', '--quiet', '--help', '--version']);

const read = (line: CommandLine): Plan => readCommandLine('check', { ...line, planCheck: checkPlan });

/** The words of the command line but for `--checks FILE`. */
function withoutChecks(argv: readonly string[]): string[] {
  return spans('check', toWords(argv))
    .filter(({ option }) => option?.names[0] !== '--checks')
    .flatMap(({ start, end }) => argv.slice(start, end));
}

const fault = (place: string, why: string): Failure =>
  new Failure('usage', { message: `The --checks file ${shown(place)} cannot be used: ${why}` });

function inPlace<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message, advice } = Failure.of(error);
    throw new Failure('usage', { message: `In the --checks file ${shown(place)}: ${message}`, advice });
  }
}

function* linesOf(file: FileRead | undefined, path: string): Iterable<readonly [number: number, words: string[]]> {
  if (file === undefined || 'reason' in file) throw fault(path, file?.reason ?? 'it cannot be read');
  if (file.bytes.length > MOST_BYTES) throw fault(path, `it is longer than ${MOST_BYTES} bytes`);
  const lines = new TextDecoder().decode(file.bytes).split('\n');
  for (const [i, text] of lines.entries()) {
    if (/^\s*(#|$)/.test(text)) continue;
    const words = wordsOf(text);
    if (words === undefined) throw fault(`${path}, line ${i + 1}`, 'a quote is not closed');
    yield [i + 1, words];
  }
}

/** As a shell reads them: '…' is as it stands, in "…" a backslash escapes; nothing is expanded. Undefined: a quote is not closed. */
export function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  const part = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/y;
  let word: string | undefined;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (found === null) return undefined;
    const [whole, single, double, escaped, plain] = found;
    const piece = single ?? double?.replace(/\\(.)/g, '$1') ?? escaped ?? plain;
    if (piece !== undefined) word = (word ?? '') + piece;
    else if (/^\s/.test(whole) && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
