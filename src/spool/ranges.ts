/**
 * A set of whole numbers stored as ranges. Ten settled messages after an unsettled one cost the same as ten million,
 * and so does a range of absurd length in a damaged file.
 */

interface Range {
  readonly from: number;
  /** Included. */
  readonly to: number;
}

export class Ranges implements Iterable<Range> {
  /** In order; no two ranges are adjacent. */
  #list: Range[] = [];

  get first(): Range | undefined {
    return this.#list[0];
  }

  [Symbol.iterator](): Iterator<Range> {
    return this.#list[Symbol.iterator]();
  }

  has(number: number): boolean {
    return this.gapFrom(number) !== number;
  }

  /** The first number that is not in the set, from this one on. */
  gapFrom(number: number): number {
    const range = this.#list[this.#firstEndingAt(number)];
    return range !== undefined && range.from <= number ? range.to + 1 : number;
  }

  /** How many numbers from `from` to before `to` are in the set. */
  count(from: number, to: number): number {
    let count = 0;
    if (to <= from) return 0;
    for (let i = this.#firstEndingAt(from); i < this.#list.length; i++) {
      const range = this.#list[i]!;
      if (range.from >= to) break;
      count += Math.min(range.to + 1, to) - Math.max(range.from, from);
    }
    return count;
  }

  /** Adds a range, both ends included. Returns how many numbers are new. */
  add(from: number, to: number): number {
    if (to < from) return 0;
    const fresh = to - from + 1 - this.count(from, to + 1);
    // Adjacent and overlapping ranges merge with the new one.
    const start = this.#firstEndingAt(from - 1);
    let end = start;
    let [low, high] = [from, to];
    for (; end < this.#list.length && this.#list[end]!.from <= to + 1; end++) {
      low = Math.min(low, this.#list[end]!.from);
      high = Math.max(high, this.#list[end]!.to);
    }
    this.#list.splice(start, end - start, { from: low, to: high });
    return fresh;
  }

  shift(): void {
    this.#list.shift();
  }

  /** Index of the first range that ends at or after this number. Most queries are about the end. */
  #firstEndingAt(number: number): number {
    let low = 0;
    let high = this.#list.length;
    if (high > 0 && this.#list[high - 1]!.to < number) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#list[middle]!.to < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
