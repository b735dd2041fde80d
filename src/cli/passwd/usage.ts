/** The help text of tspasswd, from its table of options. */
import { helpRows } from '../help-rows.ts';
import { OPTIONS, type PasswdOption } from './options.ts';

const FORMS = [
  '[-H SCHEME] [-I NUMBER] [-c] FILE USER',
  '[-H SCHEME] [-I NUMBER] [-c] -b FILE USER PASSWORD',
  '-D FILE USER',
  '[-H SCHEME] [-I NUMBER] -U FILE',
  '--check [--json] [--broker 2.0|2.1] FILE',
  '--list [--json] FILE',
  '--verify [--upgrade] FILE USER',
];

export function usageText(): string {
  const label = ({ name, value }: PasswdOption): string => (value === undefined ? name : `${name} ${value}`);
  return [
    'tspasswd manages the password files of Mosquitto.',
    '',
    ...FORMS.map((form, i) => `${i === 0 ? 'Usage:' : '   or:'} tspasswd ${form}`),
    '',
    'Options stand before FILE. Without -b or --password-file the password is asked',
    'for, twice; it can also come as two lines on standard input.',
    '',
    ...helpRows(OPTIONS.map((option) => [label(option), option.help])),
    '',
  ].join('\n');
}
