/** The text of `--help`, rendered by yargs from the table of options. yargs is loaded when the text is asked for. */
import { GROUPS, type Option, type OptionGroup } from './option.ts';
import { optionsOf } from './options/index.ts';
import { PROGRAMS, type ProgramId } from './programs.ts';

const COLUMNS = 80;

const EPILOG = [
  'The word after an option is its value, whatever it looks like. Long options can',
  'be environment variables as well: TSMOSQ_WILL_TOPIC for --will-topic.',
].join('\n');

/** Ends in a line end. */
export async function helpText(program: ProgramId): Promise<string> {
  const { default: yargs } = await import('yargs');
  const { name, synopsis, summary } = PROGRAMS[program];
  const usage = synopsis.map((form, i) => `${i === 0 ? 'Usage:' : 'or:'} ${name} ${form}`).join('\n');
  const help = yargs([])
    .scriptName(name)
    .detectLocale(false)
    .parserConfiguration({ 'camel-case-expansion': false, 'boolean-negation': false })
    .help(false)
    .version(false)
    .wrap(COLUMNS)
    .usage(`${usage}\n\n${summary}`)
    .epilog(EPILOG);
  for (const option of inOrderOfGroups(optionsOf(program))) help.option(...yargsRow(option));
  return `${shortOptions(await help.getHelp())}\n`;
}

/** One line: name, version, and what it runs on. */
export function versionText(program: ProgramId, version: string, runtime: string): string {
  return `${PROGRAMS[program].name} ${version}${runtime === '' ? '' : ` (${runtime})`}\n`;
}

function inOrderOfGroups(options: readonly Option[]): readonly Option[] {
  return (Object.keys(GROUPS) as OptionGroup[]).flatMap((group) => options.filter((row) => row.group === group));
}

/** yargs has no place for the name of a value, so it goes to the end of the name of the option. */
function yargsRow(option: Option): Parameters<import('yargs').Yargs['option']> {
  const names = option.names.map((name) => name.replace(/^--?/, ''));
  const shown = option.arity === 0 ? names : [...names.slice(0, -1), `${names.at(-1)} ${option.placeholder}`];
  return [
    shown[0]!,
    {
      ...(shown[1] === undefined ? {} : { alias: shown[1] }),
      describe: option.help,
      group: `${GROUPS[option.group]}:`,
      ...(option.default === undefined ? {} : { defaultDescription: option.default }),
    },
  ];
}

/** `--A ADDRESS` and `--0`, long to yargs, is the short `-A ADDRESS`: moved to where short ones stand, in the same width. */
function shortOptions(help: string): string {
  return help.replace(/^ {6}--(\w [A-Z]+)/gm, '  -$1     ').replace(/^ {6}--(\d), (--\S+)/gm, '  -$1, $2     ');
}
