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

const EXAMPLES: readonly Example[] = [
  ['-c passwords anna', 'create a file with one user'],
  ['passwords ben', 'add or change a password (then reload the broker)'],
  ['-D passwords ben', 'delete a user'],
  ['--check passwords', 'find out what a broker would reject'],
];

const SUMMARY = 'tspasswd edits the password files of Mosquitto.';

/** Fits on a screen of 24 lines, including the prompt. */
export const usageText = (): string =>
  smallHelp(
    'tspasswd',
    ['Usage: tspasswd [options] FILE USER', `${SUMMARY} It prompts for the password.`],
    (OPTIONS as readonly PasswdOption[]).flatMap((option) =>
      option.everyday === true ? [[labelOf(option), option.help] as const] : [],
    ),
    EXAMPLES,
    ['More: tspasswd --help all, examples or man. Options go before FILE.'],
  );

export const fullUsageText = (): string =>
  smallHelp(
    'tspasswd',
    [
      SUMMARY,
      '',
      ...FORMS.map((form, i) => `${i === 0 ? 'Usage:' : '   or:'} tspasswd ${form}`),
      '',
      'Options go before FILE. Without -b or --password-file, tspasswd prompts for the',
      'password twice, or reads two equal lines from standard input.',
    ],
    Object.entries(GROUPS).flatMap(([group, heading], i) => [
      ...(i === 0 ? [] : ['']),
      `${heading}:`,
      ...OPTIONS.filter((option) => option.group === group).map((option) => [labelOf(option), option.help] as const),
    ]),
    EXAMPLES,
  );
