/** The help text of tspasswd, from its table of options. */
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
const COLUMNS = 80;

export function usageText(): string {
  const label = ({ name, value }: PasswdOption): string => (value === undefined ? name : `${name} ${value}`);
  const width = Math.max(...OPTIONS.map((option) => label(option).length)) + 4;
  const rows = OPTIONS.map((option) => {
    const [first, ...more] = wrap(option.help, COLUMNS - width);
    return [`  ${label(option)}`.padEnd(width) + first, ...more.map((line) => ' '.repeat(width) + line)].join('\n');
  });
  return [
    'tspasswd manages the password files of Mosquitto.',
    '',
    ...FORMS.map((form, i) => `${i === 0 ? 'Usage:' : '   or:'} tspasswd ${form}`),
    '',
    'Options stand before FILE. Without -b or --password-file the password is asked',
    'for, twice; it can also come as two lines on standard input.',
    '',
    ...rows,
    '',
  ].join('\n');
}

export function versionText(version: string, runtime: string): string {
  return `tspasswd ${version}${runtime === '' ? '' : ` (${runtime})`}\n`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
