/** The statuses of monitoring plugins: their numbers, their names, and which one is worse. */

/** By its number, which is the exit status [Monitoring Plugins Development Guidelines, Plugin Return Codes]. */
export const STATUS_NAMES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export type StatusName = (typeof STATUS_NAMES)[number];

/** 0 to 3. */
export type CheckStatus = 0 | 1 | 2 | 3;

export const OK = 0;
export const WARNING = 1;
export const CRITICAL = 2;
export const UNKNOWN = 3;

/** From the best to the worst, as max_state_alt() of the Monitoring Plugins has it: a check that cannot judge is worse than a warning. */
const BY_SEVERITY: readonly CheckStatus[] = [OK, WARNING, UNKNOWN, CRITICAL];

export const worst = (statuses: Iterable<CheckStatus>): CheckStatus =>
  BY_SEVERITY[Math.max(0, ...[...statuses].map((status) => BY_SEVERITY.indexOf(status)))]!;
