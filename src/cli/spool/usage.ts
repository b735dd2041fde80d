/** The help text of tsspool, from its tables. */
import { helpRows } from '../help-rows.ts';
import { FORMS, OPTIONS, type SpoolForm, type SpoolOption } from './options.ts';

export function usageText(): string {
  const form = ({ name, words, help }: SpoolForm): [string, string] => [words ? `${name} ${words}` : name, help];
  const option = ({ name, value, help }: SpoolOption): [string, string] => [value ? `${name} ${value}` : name, help];
  return [
    'tsspool looks into a spool, where messages wait until they can be delivered.',
    '',
    'Usage: tsspool DIR FORM [OPTION...]',
    '',
    ...helpRows([...FORMS.map(form), undefined, ...OPTIONS.map(option)]),
    '',
  ].join('\n');
}
