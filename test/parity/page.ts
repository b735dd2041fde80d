/** The tables of COMPATIBILITY.md, row by row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A place on the page: the heading above the row and its first cell, or the words of that cell before …. */
export type PageRow = readonly [heading: string, what: string];

interface Found {
  readonly row: PageRow;
  /** The page says that recorded runs show it. */
  readonly marked: boolean;
}

const MARK = ' †';

function readPage(): Found[] {
  const found: Found[] = [];
  let heading = '';
  for (const line of readFileSync(join(import.meta.dirname, '../../COMPATIBILITY.md'), 'utf8').split('\n')) {
    heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
    const cell = /^\| (.+?) \| /.exec(line)?.[1];
    if (cell === undefined || cell.startsWith('---')) continue;
    const marked = cell.endsWith(MARK);
    found.push({ row: [heading, marked ? cell.slice(0, -MARK.length) : cell], marked });
  }
  return found;
}

const PAGE = readPage();

const means = ([heading, what]: PageRow, [pageHeading, cell]: PageRow): boolean =>
  heading === pageHeading && (what === cell || (what.endsWith('…') && cell.startsWith(what.slice(0, -1))));

/** The rows of the page that an entry of a list means. There should be one. */
export const onPage = (row: PageRow): Found[] => PAGE.filter((entry) => means(row, entry.row));

/** Those of the entries that have no row on the page, or more than one. */
export const notOnPage = (rows: readonly PageRow[]): string[] =>
  rows.filter((row) => onPage(row).length !== 1).map((row) => row.join(': '));

/** The rows with the mark that no entry of the list means. */
export const markedBeyond = (rows: readonly PageRow[]): string[] =>
  PAGE.filter(({ row, marked }) => marked && !rows.some((entry) => means(entry, row))).map(({ row }) => row.join(': '));
