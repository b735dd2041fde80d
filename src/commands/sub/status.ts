/** Exit statuses of tssub that are its own, and what goes with them. */
import type { SubPlan } from '../../cli/plan/types.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';

/** Time or a signal ended the run before any CONNACK, as of mosquitto_sub. */
export const NEVER_CONNECTED = 255;

/** The command for a message failed for good, as of xargs. */
export const GIVEN_UP = 123;

/** Nothing came with --drain. */
export const NOTHING_QUEUED = 28;

/** Some came, and too few for --strict-count. */
const TOO_FEW = 29;

/** The status of an end before the count of -C. */
export const shortOf = ({ strictCount }: SubPlan, printed: number, status: number): number =>
  strictCount && printed > 0 ? TOO_FEW : status;

/** With -C, how far it came: the status alone does not tell some from none. */
export const soFar = ({ count }: SubPlan, printed: number): string =>
  count === undefined || printed === 0 ? '' : `: ${printed} of ${count} messages came`;

/** What to say of the subscriptions that the server did not grant, when it granted others. */
export const deniedOf = (subscriptions: SubPlan['subscriptions'], codes: readonly number[]): string[] =>
  codes.flatMap((code, i) =>
    isRefusal(code)
      ? [`Warning: Subscription to '${subscriptions[i]?.filter}' was denied: ${reasonText(code)}.\n`]
      : [],
  );
