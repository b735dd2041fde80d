/** The help text of tsspool, from its tables. It fits on a screen of 24 lines, with the prompt. */
import { helpRows } from '../../util/columns.ts';
import { FORMS, OPTIONS, type SpoolForm, type SpoolOption } from './options.ts';

const EXAMPLES: readonly (readonly [line: string, about: string])[] = [
  ['spool shape', 'where is the jam?'],
  ["spool drop --topic 'home/#' --older-than 2d", 'what is too old'],
];

export function usageText(): string {
  const form = ({ name, words, help }: SpoolForm): [string, string] => [words ? `${name} ${words}` : name, help];
  const option = ({ name, value, help }: SpoolOption): [string, string] => [value ? `${name} ${value}` : name, help];
  const wide = Math.max(...EXAMPLES.map(([line]) => line.length)) + 2;
  return [
    'Usage: tsspool DIR FORM [options]',
    'tsspool looks into a spool, where messages wait until they can be delivered.',
    '',
    ...helpRows([...FORMS.map(form), undefined, ...OPTIONS.map(option)]),
    '',
    'Examples:',
    ...EXAMPLES.map(([line, about]) => `  tsspool ${line.padEnd(wide)}${about}`),
    '',
  ].join('\n');
}
