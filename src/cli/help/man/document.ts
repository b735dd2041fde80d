/**
 * What a manual page is made of, as data: roff.ts makes mdoc of it, and plain.ts the text that `--help TOPIC` prints. In texts,
 * `*x*` is to be typed as it is, and `_X_` stands for a value.
 */

/** An item and its text. */
export type Row = readonly [item: string, text: string];

export type Block =
  | { readonly as: 'paragraph'; readonly text: string }
  /** The paragraph that begins with the name of the program. */
  | { readonly as: 'opening'; readonly text: string }
  /** `width` is the space that mdoc reserves for the items. In a compact list no empty lines separate the rows. */
  | { readonly as: 'list'; readonly rows: readonly Row[]; readonly width: string; readonly compact: boolean }
  /** Lines that stay as they are. */
  | { readonly as: 'literal'; readonly lines: readonly string[] }
  /** Space between a paragraph and the block after it, where mdoc leaves none. */
  | { readonly as: 'space' }
  /** What follows the name of the program on a command line. */
  | { readonly as: 'form'; readonly form: string }
  /** Names of manual pages with their sections, such as `tspub 1`. */
  | { readonly as: 'pages'; readonly names: readonly string[] }
  | { readonly as: 'subsection'; readonly title: string; readonly blocks: readonly Block[] };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Page {
  readonly name: string;
  readonly summary: string;
  readonly sections: readonly Section[];
}

export const paragraph = (text: string): Block => ({ as: 'paragraph', text });
export const opening = (text: string): Block => ({ as: 'opening', text });
export const literal = (...lines: readonly string[]): Block => ({ as: 'literal', lines });
export const form = (words: string): Block => ({ as: 'form', form: words });
export const pages = (...names: readonly string[]): Block => ({ as: 'pages', names });
export const list = (rows: readonly Row[], width = 'Ds', compact = false): Block => ({
  as: 'list',
  rows,
  width,
  compact,
});
export const section = (title: string, ...blocks: readonly Block[]): Section => ({ title, blocks });
export const subsection = (title: string, ...blocks: readonly Block[]): Block => ({ as: 'subsection', title, blocks });
export const PARAGRAPH: Block = { as: 'space' };

/** An option or a form and its value, such as `*--levels* _N_`. */
export const optionLabel = ({ name, value }: { readonly name: string; readonly value?: string }): string =>
  value === undefined ? `*${name}*` : `*${name}* ${value.replace(/[A-Z]+/g, '_$&_')}`;

export const sentence = (text: string, end = '.'): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
