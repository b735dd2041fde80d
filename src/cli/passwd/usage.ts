/** The help text of tspasswd, from its table of options. */
import { helpRows, wrap } from '../../util/columns.ts';
import { GROUPS, OPTIONS, type PasswdOption } from './options.ts';

export const FORMS = [
  '[-H SCHEME] [-I NUMBER] [-c] FILE USER',
  '[-H SCHEME] [-I NUMBER] [-c] -b FILE USER PASSWORD',
  '-D FILE USER',
  '[-H SCHEME] [-I NUMBER] -U FILE',
  '--check [--json] [--broker 2.0|2.1] FILE',
  '--list [--json] FILE',
  '--verify [--upgrade] FILE USER',
];

export const EXAMPLES: readonly (readonly [line: string, about: string])[] = [
  ['-c passwords anna', 'a new file with one user'],
  ['passwords ben', 'one more user, or a new password'],
  ['-D passwords ben', 'he has left'],
  ['--check passwords', 'would a broker take the file?'],
];

const COLUMNS = 80;

const SUMMARY = 'tspasswd manages the password files of Mosquitto.';
const label = ({ name, value }: PasswdOption): string => (value === undefined ? name : `${name} ${value}`);

/** Fits on a screen of 24 lines, with the prompt. */
export function usageText(): string {
  const everyday = (OPTIONS as readonly PasswdOption[]).flatMap((option): [string, string][] =>
    option.brief === undefined ? [] : [[label(option), option.brief]],
  );
  return [
    'Usage: tspasswd [options] FILE USER',
    `${SUMMARY} The password is asked for.`,
    '',
    ...helpRows(everyday),
    '',
    'Examples:',
    ...examples(),
    'More: man tspasswd, tspasswd --help all. Options stand before FILE.',
    '',
  ].join('\n');
}

function examples(): string[] {
  const lines = EXAMPLES.map(([line, about]) => [`  tspasswd ${line}`, about] as const);
  const wide = Math.max(...lines.map(([line]) => line.length)) + 2;
  return lines.map(([line, about]) => line.padEnd(wide) + about);
}

export function fullUsageText(): string {
  const width = Math.max(...OPTIONS.map((option) => label(option).length)) + 4;
  const row = (option: PasswdOption): string => {
    const [first, ...more] = wrap(option.help, COLUMNS - width);
    return [`  ${label(option)}`.padEnd(width) + first, ...more.map((line) => ' '.repeat(width) + line)].join('\n');
  };
  const sections = Object.entries(GROUPS).flatMap(([group, heading]) => [
    `${heading}:`,
    ...OPTIONS.filter((option) => option.group === group).map(row),
    '',
  ]);
  return [
    SUMMARY,
    '',
    ...FORMS.map((form, i) => `${i === 0 ? 'Usage:' : '   or:'} tspasswd ${form}`),
    '',
    'Options stand before FILE. Without -b or --password-file the password is asked',
    'for, twice; it can also come as two lines on standard input.',
    '',
    ...sections,
    'Examples:',
    ...examples(),
    '',
  ].join('\n');
}
