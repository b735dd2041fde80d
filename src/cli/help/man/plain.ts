/** Sections of a manual page as plain text in lines of 80 columns, for `--help TOPIC`. */
import { wrap } from '../../../util/columns.ts';
import type { Block, Page, Section } from './document.ts';

const COLUMNS = 80;
const INDENT = 2;
/** How far a text is indented below an item that has a line of its own. */
const HANGING = 6;
/** The widest items that share a line with their texts. */
const WIDEST = 28;

/** Without the marks of what is typed and of what stands for a value. */
export const unmarked = (text: string): string =>
  text.replace(/\b_([A-Z0-9]+)_\b/g, '$1').replace(/\*([^*]+)\*/g, '$1');

/** Ends in a newline, as does pageText(). `name` is that of the program. */
export const sectionsText = (sections: readonly Section[], name: string): string =>
  `${sections.map(({ title, blocks }) => [title, ...indented(bodyOf(blocks, name, COLUMNS - INDENT), INDENT)].join('\n')).join('\n\n')}\n`;

export const pageText = ({ name, summary, sections }: Page): string =>
  sectionsText([{ title: 'NAME', blocks: [{ as: 'paragraph', text: `${name} - ${summary}` }] }, ...sections], name);

/** A text, indented as in a section. */
export const bodyText = (text: string): string => indented(wrap(unmarked(text), COLUMNS - INDENT), INDENT).join('\n');

/** The lines of the blocks, with an empty line between two of them. */
function bodyOf(blocks: readonly Block[], name: string, columns: number): string[] {
  const parts = blocks.map((block) => linesOf(block, name, columns)).filter((lines) => lines.length > 0);
  return parts.flatMap((lines, i) => (i === 0 || isForm(blocks, i) ? lines : ['', ...lines]));
}

/** The forms of a synopsis follow each other. */
const isForm = (blocks: readonly Block[], i: number): boolean =>
  blocks[i]?.as === 'form' && blocks[i - 1]?.as === 'form';

function linesOf(block: Block, name: string, columns: number): string[] {
  switch (block.as) {
    case 'paragraph':
      return wrap(unmarked(block.text), columns);
    case 'opening':
      return wrap(unmarked(`${name} ${block.text}`), columns);
    case 'list':
      return listLines(block, columns);
    case 'literal':
      return indented(block.lines, INDENT);
    case 'space':
      return [];
    case 'form':
      return wrap(`${name} ${block.form}`, columns);
    case 'pages':
      return [block.names.map((page) => page.replace(/ (\d)$/, '($1)')).join(', ')];
    case 'subsection':
      return [block.title, ...indented(bodyOf(block.blocks, name, columns - INDENT), INDENT)];
  }
}

type List = Extract<Block, { readonly as: 'list' }>;

/** Two columns where mdoc has them, or where the rows are short; else each item has a line of its own. */
function listLines({ rows, width: reserved, compact }: List, columns: number): string[] {
  const plain = rows.map(([item, text]) => [unmarked(item), unmarked(text)] as const);
  const widest = Math.max(...plain.map(([item]) => item.length));
  if (widest <= WIDEST && (compact || reserved !== 'Ds')) {
    const width = widest + INDENT;
    return plain.flatMap(([item, text]) => {
      const [first, ...rest] = wrap(text, columns - width);
      return [`${item.padEnd(width)}${first}`.trimEnd(), ...indented(rest, width)];
    });
  }
  return plain.flatMap(([item, text], i) => [
    ...(i === 0 || compact ? [] : ['']),
    ...wrap(item, columns),
    ...(text === '' ? [] : indented(wrap(text, columns - HANGING), HANGING)),
  ]);
}

const indented = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
