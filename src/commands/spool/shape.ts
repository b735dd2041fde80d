/** The table of `tsspool shape`: a row for each topic, a column for each age, as Postfix's qshape shows a mail queue. */

import type { StoredMessage } from '../../spool/record.ts';
import type { Millis } from '../../util/millis.ts';
import { escaped } from '../../util/printable.ts';

/** Minutes; the last column counts older messages. */
const BOUNDS = [5, 10, 20, 40, 80, 160, 320, 640, 1280] as const;
const MINUTE: Millis = 60_000;

interface ShapeRow {
  /** The first levels of the topics; undefined for the sum of all topics. */
  readonly topic: string | undefined;
  readonly total: number;
  /** One count for each column. */
  readonly counts: readonly number[];
}

export interface Shape {
  /** Upper bounds of the columns in minutes; the last column has none. */
  readonly minutes: readonly number[];
  /** First the sum, then the rows by number of messages. */
  readonly rows: readonly ShapeRow[];
}

export function shapeOf(messages: Iterable<StoredMessage>, levels: number, now: Millis): Shape {
  const sum = new Array<number>(BOUNDS.length + 1).fill(0);
  const byTopic = new Map<string, number[]>();
  for (const { topic, acceptedAt } of messages) {
    const name = firstLevels(topic, levels);
    const counts = byTopic.get(name) ?? new Array<number>(BOUNDS.length + 1).fill(0);
    byTopic.set(name, counts);
    const column = columnOf(now - acceptedAt);
    counts[column]!++;
    sum[column]!++;
  }
  const row = (topic: string | undefined, counts: readonly number[]): ShapeRow => ({
    topic,
    total: counts.reduce((a, b) => a + b, 0),
    counts,
  });
  const rows = [...byTopic].map(([topic, counts]) => row(topic, counts));
  rows.sort((a, b) => b.total - a.total || (a.topic! < b.topic! ? -1 : 1));
  return { minutes: BOUNDS, rows: [row(undefined, sum), ...rows] };
}

function columnOf(age: Millis): number {
  const column = BOUNDS.findIndex((bound) => age <= bound * MINUTE);
  return column < 0 ? BOUNDS.length : column;
}

/** A topic that is cut off ends in `/#`, for all topics with this prefix. */
function firstLevels(topic: string, levels: number): string {
  let at = -1;
  for (let level = 0; level < levels; level++) {
    at = topic.indexOf('/', at + 1);
    if (at < 0) return topic;
  }
  return `${topic.slice(0, at)}/#`;
}

/** `heading` paints the first line. */
export function* shapeLines({ rows }: Shape, heading: (line: string) => string = String): Generator<string> {
  const head = ['T', ...BOUNDS.map(String), `${BOUNDS.at(-1)}+`];
  const names = rows.map(({ topic }) => (topic === undefined ? 'TOTAL' : escaped(topic)));
  const wide = names.reduce((width, name) => Math.max(width, name.length), 0);
  const columns = head.map((name, i) => {
    const values = i === 0 ? rows.map(({ total }) => total) : rows.map(({ counts }) => counts[i - 1]!);
    return values.reduce((width, value) => Math.max(width, String(value).length), name.length);
  });
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padStart(wide)}  ${cells.map((cell, i) => String(cell).padStart(columns[i]!)).join(' ')}\n`;
  yield heading(line('', head));
  for (const [i, { total, counts }] of rows.entries()) yield line(names[i]!, [total, ...counts]);
}
