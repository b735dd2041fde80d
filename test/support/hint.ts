/**
 * Takes away the line of help that an unusable command line may get behind what the originals say of it: it is ours.
 * test/golden/usage-hints.json has all of them, and test/cli/parse/suggestion.test.ts their rules.
 */
export function withoutUsageHint(stderr: string): string {
  return stderr.replace(/(?<=^(?:Error: .*|In .*)\n)Hint: .+\n(?=\n*Use ')/m, '');
}

/** The line about files that root makes where there is a user mosquitto, as on the machine of these tests. */
export const withoutBrokerHint = (stderr: string): string =>
  stderr.replace(/^Hint: The broker, as user mosquitto, cannot read this file\. .+\r?\n/m, '');

/**
 * The line of help that may follow a failed connection: it is ours, behind what the originals print. Tests that are not
 * about it compare the rest; test/e2e/explain.test.ts has its wording. A run that succeeds has none.
 */
export function withoutHint(stderr: string, status: number | null): string {
  return status === 0 ? stderr : withoutUsageHint(stderr).replace(/^Hint: .+\n(?![\s\S])/m, '');
}
