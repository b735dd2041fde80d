/** Writes manual pages in mdoc, the language of mandoc(1) and groff, with the few macros that our pages need. */
import { wrap } from '../../../util/columns.ts';

const COLUMNS = 78;

/** Text of a line without macros. Dashes are literal; a line that looks like a macro is escaped. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

/** A paragraph with each sentence on lines of its own. `*x*` is typed literally, `_X_` is a placeholder. */
export function paragraph(text: string): string {
  const sentences = text.split(/(?<=[.?!][*_)]*) +/);
  return sentences
    .flatMap((sentence) => wrap(sentence.replace(/\*[^*]+\*/g, whole), COLUMNS))
    .map((line) => marked(line.replaceAll(WITHIN, ' ')))
    .join('\n');
}

/** Stands for a space within a mark: a mark that is open at the end of a line is not one. */
const WITHIN = '\u00a0';
const whole = (mark: string): string => mark.replaceAll(' ', WITHIN);

/** Marks up one line. */
function marked(text: string): string {
  return plain(text)
    .replace(/\b_([A-Z0-9]+)_\b/g, '\\fI$1\\fR')
    .replace(/\*([^*]+)\*/g, '\\fB$1\\fR')
    .replace(/^\\fB\./, '\\&\\fB.');
}

export const section = (title: string, ...parts: readonly string[]): string => [`.Sh ${title}`, ...parts].join('\n');
export const subsection = (title: string, ...parts: readonly string[]): string =>
  [`.Ss ${plain(title)}`, ...parts].join('\n');

/** A list of items with a text for each. */
export function list(rows: readonly (readonly [item: string, text: string])[], width = 'Ds', compact = false): string {
  const items = rows.flatMap(([item, text]) => [`.It ${itemText(item)}`, ...(text === '' ? [] : [paragraph(text)])]);
  return [`.Bl -tag -width ${width}${compact ? ' -compact' : ''}`, ...items, '.El'].join('\n');
}

/** An argument of a macro: one word, whatever it contains. */
function itemText(item: string): string {
  const text = marked(item).replaceAll('"', '\\(dq');
  return `"${text}"`;
}

/** Lines printed literally. */
export function literal(...lines: readonly string[]): string {
  return ['.Bd -literal -offset indent', ...lines.map(plain), '.Ed'].join('\n');
}

/** An option or subcommand and its value, such as `*--levels* _N_`. */
export const optionLabel = ({ name, value }: { readonly name: string; readonly value?: string }): string =>
  value === undefined ? `*${name}*` : `*${name}* ${value.replace(/[A-Z]+/g, '_$&_')}`;

/** The usage of a program: options in bold, values in italics. */
export const synopsisText = (form: string): string =>
  marked(form.replace(/(?<![\w-])-{1,2}[\w-]+/g, '*$&*').replace(/\b[A-Z]{2,}\b/g, '_$&_'));

export const sentence = (text: string, end = '.'): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;

export const PARAGRAPH = '.Pp';

export interface Page {
  readonly name: string;
  readonly summary: string;
  readonly sections: readonly string[];
}

/** Date of the last rewrite of the texts. */
const DATE = 'November 30, 2026';

export function page({ name, summary, sections }: Page): string {
  return [
    `.\\" Made by "npm run man" from the tables in src/cli; changes here are lost.`,
    `.Dd ${DATE}`,
    `.Dt ${name.toUpperCase()} 1`,
    '.Os tsmosq',
    section('NAME', `.Nm ${name}`, `.Nd ${plain(summary)}`),
    ...sections,
    '',
  ].join('\n');
}
