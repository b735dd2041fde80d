/**
 * Removes the hint that an invalid command line may print after Mosquitto's message, because the hint is ours.
 * test/golden/usage-hints.json has all hints, and test/cli/parse/suggestion.test.ts their rules.
 */
export function withoutUsageHint(stderr: string): string {
  return stderr.replace(/(?<=^(?:Error.*|In .*)\n)Hint: .+\n(?=\n*Use ')/m, '');
}

/** Removes the line about files of root, which depends on whether the machine has a user mosquitto. */
export const withoutBrokerHint = (stderr: string): string =>
  stderr.replace(/^Hint: The broker, as user mosquitto, cannot read this file\. .+\r?\n/m, '');

/**
 * Removes the hint that may follow Mosquitto's message about a failed connection, because the hint is ours. Tests about
 * other things compare the rest; test/e2e/explain.test.ts checks the hint. A successful run prints none.
 */
export function withoutHint(stderr: string, status: number | null): string {
  return status === 0 ? stderr : withoutUsageHint(stderr).replace(/^Hint: .+\n(?![\s\S])/m, '');
}
