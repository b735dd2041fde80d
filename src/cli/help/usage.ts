/** The text of `--help`, which yargs makes from the table of options. yargs is loaded on request. */
import { wrap } from '../../util/columns.ts';
import { findOption, optionsOf } from '../options/index.ts';
import { defaultText, GROUPS, type Option, type OptionGroup } from '../options/option.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { mainTopicsOf } from './topics.ts';

const COLUMNS = 80;

const EPILOG = [
  'The word after an option is its value, whatever it looks like. Long options can',
  'be environment variables as well: TSMOSQ_WILL_TOPIC for --will-topic.',
].join('\n');

/**
 * Ends in a newline. `topic` is a group or `all`; without one, the text has the everyday options and the names of the topics.
 */
export async function helpText(program: ProgramId, topic?: OptionGroup | 'all'): Promise<string> {
  const { name, synopsis, summary, everyday, examples } = PROGRAMS[program];
  const options = optionsOf(program);
  const usage = synopsis.map((form, i) => `${i === 0 ? 'Usage:' : 'or:'} ${name} ${form}`);
  if (topic === 'all')
    return render(program, sectionsOf(options), { usage: `${usage.join('\n')}\n\n${summary}`, epilog: EPILOG });
  if (topic !== undefined) {
    const rows = options.filter((option) => option.group === topic);
    return render(program, sectionsOf(rows), {
      epilog: `More about an option: ${name} --help ${memberOf(rows, topic)}`,
    });
  }
  const rows = everyday.map((first) => findOption(program, first)!);
  const more = `${MORE}--help OPTION, ${mainTopicsOf(program).join(', ')}.`;
  const text = await render(program, [[HEADING, rows.map(({ brief, ...row }) => ({ ...row, ...brief }))]], {
    usage: `${usage[0]}\n${summary}`,
    epilog: wrap(more, COLUMNS).join('\n'),
    examples: examples.map(([line, about]) => [`${name} ${line}`, about] as const),
  });
  // Without empty lines, the text is short enough for a screen.
  return text.replace(`\n${HEADING}\n`, '\n').replace(`\n\n${MORE}`, `\n${MORE}`);
}

/** The option that is called as its group is, which needs its dashes, or else the first one. */
function memberOf(rows: readonly Option[], group: OptionGroup): string {
  const same = `--${group}`;
  return rows.some(({ names }) => names.includes(same)) ? same : rows[0]!.names[0];
}

/** yargs wants a heading; the text leaves it out. */
const HEADING = 'Options:';
const MORE = 'More: ';

type Headed = readonly [heading: string, options: readonly Option[]];

/** In the order of the groups. */
function sectionsOf(options: readonly Option[]): readonly Headed[] {
  return (Object.keys(GROUPS) as OptionGroup[])
    .map((group): Headed => [`${GROUPS[group]}:`, options.filter((row) => row.group === group)])
    .filter(([, rows]) => rows.length > 0);
}

/** Text before the options, and after them. */
interface Surround {
  readonly usage?: string;
  readonly examples?: readonly (readonly [line: string, about: string])[];
  readonly epilog?: string;
}

async function render(
  program: ProgramId,
  sections: readonly Headed[],
  { usage, examples, epilog }: Surround = {},
): Promise<string> {
  const { default: yargs } = await import('yargs');
  const help = yargs([])
    .scriptName(PROGRAMS[program].name)
    .detectLocale(false)
    .parserConfiguration({ 'camel-case-expansion': false, 'boolean-negation': false })
    .help(false)
    .version(false)
    .wrap(COLUMNS);
  if (usage !== undefined) help.usage(usage);
  if (epilog !== undefined) help.epilog(epilog);
  if (examples !== undefined) help.example(examples);
  for (const [heading, rows] of sections) for (const option of rows) help.option(...yargsRow(program, option, heading));
  // yargs removes spaces at the beginning of a line.
  return `${shortOptions(await help.getHelp()).replace(/^or:/gm, '   or:')}\n`;
}

/** yargs has no field for a placeholder, so it is appended to the name of the option. */
function yargsRow(program: ProgramId, option: Option, group: string): Parameters<import('yargs').Yargs['option']> {
  const usual = defaultText(option, program);
  // A check has a name without dashes, which may be that of an option: cert and --cert.
  const names = option.names.map((name) => (name.startsWith('-') ? name.replace(/^--?/, '') : `check:${name}`));
  const shown = option.arity === 0 ? names : [...names.slice(0, -1), `${names.at(-1)} ${option.placeholder}`];
  return [
    shown[0]!,
    {
      ...(shown[1] === undefined ? {} : { alias: shown[1] }),
      describe: option.help,
      group,
      ...(usual === undefined ? {} : { defaultDescription: usual }),
    },
  ];
}

/** yargs treats `--A ADDRESS` and `--0` as long names; this moves `-A ADDRESS` to the column of short ones, in the same width. */
function shortOptions(help: string): string {
  return help
    .replace(/^ {6}--(\w [A-Z]+)/gm, '  -$1     ')
    .replace(/^ {6}--(\d), (--\S+)/gm, '  -$1, $2     ')
    .replace(/^ {2}--(\w [A-Z]+)/gm, '  -$1 ')
    .replace(/^ {6}--check:(\w+)/gm, `  $1${' '.repeat('    --check:'.length)}`);
}
