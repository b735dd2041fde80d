/** The help texts of tspasswd, from its table of options. */
import { type Example, labelOf, smallHelp } from '../small-grammar.ts';
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

export const EXAMPLES: readonly Example[] = [
  ['-c passwords anna', 'a new file with one user'],
  ['passwords ben', 'one more user, or a new password'],
  ['-D passwords ben', 'he has left'],
  ['--check passwords', 'would a broker take the file?'],
];

const SUMMARY = 'tspasswd manages the password files of Mosquitto.';

/** Fits on a screen of 24 lines, including the prompt. */
export const usageText = (): string =>
  smallHelp(
    'tspasswd',
    ['Usage: tspasswd [options] FILE USER', `${SUMMARY} The password is asked for.`],
    (OPTIONS as readonly PasswdOption[]).flatMap((option) =>
      option.brief === undefined ? [] : [[labelOf(option), option.brief] as const],
    ),
    EXAMPLES,
    ['More: man tspasswd, tspasswd --help all. Options stand before FILE.'],
  );

export const fullUsageText = (): string =>
  smallHelp(
    'tspasswd',
    [
      SUMMARY,
      '',
      ...FORMS.map((form, i) => `${i === 0 ? 'Usage:' : '   or:'} tspasswd ${form}`),
      '',
      'Options stand before FILE. Without -b or --password-file the password is asked',
      'for, twice; it can also come as two lines on standard input.',
    ],
    Object.entries(GROUPS).flatMap(([group, heading], i) => [
      ...(i === 0 ? [] : ['']),
      `${heading}:`,
      ...OPTIONS.filter((option) => option.group === group).map((option) => [labelOf(option), option.help] as const),
    ]),
    EXAMPLES,
  );
