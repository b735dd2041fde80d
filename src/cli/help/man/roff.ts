/** Manual pages in mdoc, the language of mandoc(1) and of groff, from what document.ts describes. */
import { wrap } from '../../../util/columns.ts';
import type { Block, Page, Section } from './document.ts';

const COLUMNS = 78;

/** Text of a line without macros. Dashes are literal; a line that looks like a macro is escaped. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

/** Each sentence begins a line, as mdoc wants it. */
function paragraph(text: string): string {
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

const section = ({ title, blocks }: Section): string => [`.Sh ${title}`, ...blocks.map(blockText)].join('\n');

function blockText(block: Block): string {
  switch (block.as) {
    case 'paragraph':
      return paragraph(block.text);
    case 'opening':
      return `.Nm\n${paragraph(block.text)}`;
    case 'list':
      return list(block);
    case 'literal':
      return ['.Bd -literal -offset indent', ...block.lines.map(plain), '.Ed'].join('\n');
    case 'space':
      return '.Pp';
    case 'form':
      return `.Nm\n${formText(block.form)}`;
    case 'pages':
      return block.names.map((name, i, all) => `.Xr ${name}${i === all.length - 1 ? '' : ' ,'}`).join('\n');
    case 'subsection':
      return [`.Ss ${plain(block.title)}`, ...block.blocks.map(blockText)].join('\n');
  }
}

function list({ rows, width, compact }: Extract<Block, { readonly as: 'list' }>): string {
  const items = rows.flatMap(([item, text]) => [`.It ${itemText(item)}`, ...(text === '' ? [] : [paragraph(text)])]);
  return [`.Bl -tag -width ${width}${compact ? ' -compact' : ''}`, ...items, '.El'].join('\n');
}

/** An argument of a macro: one word, whatever it contains. */
function itemText(item: string): string {
  const text = marked(item).replaceAll('"', '\\(dq');
  return `"${text}"`;
}

/** Options in bold, values in italics. */
const formText = (form: string): string =>
  marked(form.replace(/(?<![\w-])-{1,2}[\w-]+/g, '*$&*').replace(/\b[A-Z]{2,}\b/g, '_$&_'));

/** When the words of the pages were last changed. */
const DATE = 'November 30, 2026';

export function mdoc({ name, summary, sections }: Page): string {
  return [
    `.\\" Made by "npm run man" from the tables in src/cli; changes here are lost.`,
    `.Dd ${DATE}`,
    `.Dt ${name.toUpperCase()} 1`,
    '.Os tsmosq',
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${plain(summary)}`,
    ...sections.map(section),
    '',
  ].join('\n');
}
