/** Where standard input is to be taken up again, when not all of it was taken. */

/** `count` records were taken: they are sent, or kept. */
export function takenLine(count: number, nul: boolean): string {
  const what = nul ? 'record' : 'line';
  return count === 0
    ? `Warning: Nothing of standard input is taken; begin with ${what} 1.\n`
    : `Warning: What was read is taken up to ${what} ${count}; go on with ${what} ${count + 1}.\n`;
}
