/** A small terminal that interprets the output of the programs, and rejects all other sequences. */

export class VirtualScreen {
  readonly columns: number;
  #rows: string[][];
  #row = 0;
  #column = 0;
  #wraps = true;
  /** How many columns a character uses; the test knows its characters. */
  readonly #widthOf: (character: string) => number;

  constructor(rows: number, columns: number, widthOf: (character: string) => number = () => 1) {
    this.columns = columns;
    this.#rows = Array.from({ length: rows }, () => []);
    this.#widthOf = widthOf;
  }

  /** The visible text, row by row, without trailing spaces. */
  get text(): string[] {
    const rows = this.#rows.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
    return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  }

  /** The row of the cursor, from 1. */
  get row(): number {
    return this.#row + 1;
  }

  write(text: string): this {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys
    for (const [whole, sequence] of text.matchAll(/\x1b\[([?\d;]*[A-Za-z])|./gsu)) {
      if (sequence !== undefined) this.#obey(sequence);
      else if (whole === '\n') this.#lineFeed();
      else if (whole < ' ' || /[\x7f-\x9f]/.test(whole)) throw new Error(`the screen got ${JSON.stringify(whole)}`);
      else this.#show(whole);
    }
    return this;
  }

  #obey(sequence: string): void {
    const move = /^(\d+);(\d+)H$/.exec(sequence);
    if (move !== null) {
      if (+move[1]! > this.#rows.length) throw new Error(`there is no row ${move[1]}`);
      [this.#row, this.#column] = [+move[1]! - 1, +move[2]! - 1];
    } else if (sequence === '2J') this.#rows = this.#rows.map(() => []);
    else if (sequence === 'K') this.#rows[this.#row]!.length = Math.min(this.#column, this.#rows[this.#row]!.length);
    else if (sequence === '?7l') this.#wraps = false;
    else if (sequence === '?7h') this.#wraps = true;
    else if (!sequence.endsWith('m')) throw new Error(`the screen got the sequence ${sequence}`);
  }

  /** With the carriage return that a terminal's line discipline adds. */
  #lineFeed(): void {
    this.#column = 0;
    if (++this.#row < this.#rows.length) return;
    this.#row--;
    this.#rows = [...this.#rows.slice(1), []];
  }

  #show(character: string): void {
    const width = this.#widthOf(character);
    if (width === 0) {
      this.#rows[this.#row]![Math.max(0, this.#column - 1)] += character;
      return;
    }
    if (this.#column + width > this.columns) {
      if (!this.#wraps) throw new Error(`${JSON.stringify(character)} is beyond the last column`);
      this.#lineFeed();
    }
    const row = this.#rows[this.#row]!;
    for (let at = row.length; at < this.#column; at++) row[at] = ' ';
    row[this.#column] = character;
    for (let at = 1; at < width; at++) row[this.#column + at] = '';
    this.#column += width;
  }
}
