/**
 * How `-w` draws its screen on a terminal: one row per topic with its latest value. Rows are cut to the width of the
 * screen, and outdated text is erased.
 */
import type { ScreenSize } from '../runtime/io.ts';
import { plural } from '../util/phrases.ts';
import { escaped } from '../util/printable.ts';
import { fitted } from '../util/width.ts';

const PLAIN = { heading: String, topic: String };

const CLEAR = '\x1b[2J';
const ERASE_ROW = '\x1b[K';
/** Turns off line wrap, in case the terminal counts wider columns for a character than this program. */
const CUT = '\x1b[?7l';
const WRAP = '\x1b[?7h';
const goTo = (row: number): string => `\x1b[${row};1H`;

/** More rows than any screen has: a limit, because the broker must not be able to fill the memory. */
const MOST_TOPICS = 10_000;

/** The row below the name of the broker. */
const FIRST_ROW = 2;

interface ScreenRow {
  readonly at: number;
  value: string;
}

export interface WatchOptions {
  readonly host: string;
  readonly size: ScreenSize;
  /** Whether the topic is shown before the value. */
  readonly named: boolean;
  readonly paint?: { heading(text: string): string; topic(text: string): string } | undefined;
}

export class WatchScreen {
  readonly #options: WatchOptions;
  readonly #paint: NonNullable<WatchOptions['paint']>;
  #size: ScreenSize;
  /** Topics in the order of arrival, including those without room on the screen. */
  readonly #rows = new Map<string, ScreenRow>();
  /** Whether other output may have moved the rows. */
  #disturbed = false;

  constructor(options: WatchOptions) {
    const { size, paint = PLAIN } = options;
    this.#options = options;
    this.#size = size;
    this.#paint = paint;
  }

  /** Draws the whole screen: at the start, and after the screen changed its size. */
  draw(size: ScreenSize = this.#size): string {
    this.#size = size;
    this.#disturbed = false;
    const topics = [...this.#rows.keys()].slice(0, this.#visible).map((topic) => this.#topicRow(topic));
    const heading = this.#paint.heading(fitted(`Broker: ${escaped(this.#options.host)}`, size.columns).text);
    return `${CUT}${CLEAR}${goTo(1)}${heading}${topics.join('')}${this.#rest()}${this.#end()}`;
  }

  /** Shows a new value, already escaped, of the topic. */
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

  /** Rows for topics and for the count of hidden ones; the last row of the screen is for the cursor. */
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

  /** A row with the number of hidden topics. */
  #rest(): string {
    const hidden = this.#rows.size - this.#visible;
    if (hidden === 0) return '';
    const text = `\u2026 and ${plural(hidden, 'more topic')}`;
    return `${goTo(FIRST_ROW + this.#visible)}${ERASE_ROW}${fitted(text, this.#size.columns).text}`;
  }

  /** Moves the cursor below all rows. */
  #end(): string {
    return `${WRAP}${goTo(Math.min(FIRST_ROW + this.#rows.size, this.#size.rows))}`;
  }
}
