/** Which of several words the user probably meant. */

/** The smallest number of letters to insert, delete, replace or swap with a neighbor that turns one word into the other. */
export function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last: number[] = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[other.length]!;
}

/** A longer word is not a typing error, and would take long to compare. */
const LONGEST = 64;

/**
 * The word most similar to the typed one, ignoring case, or undefined when none is similar: a third of the letters may
 * differ. Otherwise the only word that begins with the typed text.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  if (wanted.length < 2 || wanted.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(wanted, word.toLowerCase());
    if (distance >= least) continue;
    best = word;
    least = distance;
  }
  if (best !== undefined || wanted.length < 3) return best;
  const longer = words.filter((word) => word.toLowerCase().startsWith(wanted));
  return longer.length === 1 ? longer[0] : undefined;
}
