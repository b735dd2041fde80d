/**
 * The line of help that may follow a failed connection: it is ours, behind what the originals print. Tests that are not
 * about it compare the rest; test/e2e/explain.test.ts has its wording. A run that succeeds has none.
 */
export function withoutHint(stderr: string, status: number | null): string {
  return status === 0 ? stderr : stderr.replace(/^Hint: .+\n(?![\s\S])/m, '');
}
