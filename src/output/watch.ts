/**
 * `-w`: a screen on which each topic has a row with its latest value. What is written to the terminal for it: no row is longer
 * than the screen is wide, and what is no longer true is erased.
 */
import type { ScreenSize } from '../runtime/io.ts';
import { plural } from '../util/phrases.ts';
import { escaped } from '../util/printable.ts';
import { fitted } from '../util/width.ts';

const PLAIN = { heading: String, topic: String };

const CLEAR = '\x1b[2J';
const ERASE_ROW = '\x1b[K';
/** A terminal may count the columns of a character in another way: what is too long for it then does not go on in the next row. */
const CUT = '\x1b[?7l';
const WRAP = '\x1b[?7h';
const goTo = (row: number): string => `\x1b[${row};1H`;

/** More than any screen has rows: what a server sends must not fill the memory. */
const MOST_TOPICS = 10_000;

/** Below the row that names the broker. */
const FIRST_ROW = 2;

interface ScreenRow {
  readonly at: number;
  value: string;
}

export interface WatchOptions {
  readonly host: string;
  readonly size: ScreenSize;
  /** The topic stands before the value. */
  readonly named: boolean;
  readonly paint?: { heading(text: string): string; topic(text: string): string } | undefined;
}

export class WatchScreen {
  readonly #options: WatchOptions;
  readonly #paint: NonNullable<WatchOptions['paint']>;
  #size: ScreenSize;
  /** In the order in which they came, whether there is room for them or not. */
  readonly #rows = new Map<string, ScreenRow>();
  /** Something else was printed, which may have moved the rows. */
  #disturbed = false;

  constructor(options: WatchOptions) {
    const { size, paint = PLAIN } = options;
    this.#options = options;
    this.#size = size;
    this.#paint = paint;
  }

  /** The whole screen: at the beginning, and when it has another size. */
  draw(size: ScreenSize = this.#size): string {
    this.#size = size;
    this.#disturbed = false;
    const topics = [...this.#rows.keys()].slice(0, this.#visible).map((topic) => this.#topicRow(topic));
    const heading = this.#paint.heading(fitted(`Broker: ${escaped(this.#options.host)}`, size.columns).text);
    return `${CUT}${CLEAR}${goTo(1)}${heading}${topics.join('')}${this.#rest()}${this.#end()}`;
  }

  /** The topic has this value now, which was escaped. */
  put(topic: string, value: string): string {
    const row = this.#rows.get(topic);
    if (row === undefined && this.#rows.size === MOST_TOPICS) return '';
    if (row === undefined) this.#rows.set(topic, { at: this.#rows.size, value });
    else row.value = value;
    if (this.#disturbed) return this.draw();
    const at = row?.at ?? this.#rows.size - 1;
    const rest = row === undefined ? this.#rest() : '';
    const shown = at < this.#visible ? this.#topicRow(topic) : '';
    return shown === '' && rest === '' ? '' : `${CUT}${shown}${rest}${this.#end()}`;
  }

  disturbed(): void {
    this.#disturbed = true;
  }

  /** Rows for topics, or what there is in place of the last ones; below them is one for the cursor. */
  get #room(): number {
    return Math.max(1, this.#size.rows - FIRST_ROW);
  }

  /** How many topics are shown. */
  get #visible(): number {
    return this.#rows.size > this.#room ? this.#room - 1 : this.#rows.size;
  }

  #topicRow(topic: string): string {
    const { at, value } = this.#rows.get(topic)!;
    const { columns } = this.#size;
    const start = `${goTo(FIRST_ROW + at)}${ERASE_ROW}`;
    if (!this.#options.named) return `${start}${fitted(value, columns).text}`;
    const name = fitted(escaped(topic), columns);
    const left = columns - name.width - 1;
    return `${start}${this.#paint.topic(name.text)}${left < 1 ? '' : ` ${fitted(value, left).text}`}`;
  }

  /** Counts the topics for which there is no room. */
  #rest(): string {
    const hidden = this.#rows.size - this.#visible;
    if (hidden === 0) return '';
    const text = `\u2026 and ${plural(hidden, 'more topic')}`;
    return `${goTo(FIRST_ROW + this.#visible)}${ERASE_ROW}${fitted(text, this.#size.columns).text}`;
  }

  /** Leaves the cursor below everything. */
  #end(): string {
    return `${WRAP}${goTo(Math.min(FIRST_ROW + this.#rows.size, this.#size.rows))}`;
  }
}
