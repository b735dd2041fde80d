/** Exit statuses of tssub that are its own. */

/** Time or a signal ended the run before any CONNACK, as of mosquitto_sub. */
export const NEVER_CONNECTED = 255;

/** The command for a message failed for good, as of xargs. */
export const GIVEN_UP = 123;

/** Nothing came with --drain. */
export const NOTHING_QUEUED = 28;

/** Some came, and too few for --strict-count. */
export const TOO_FEW = 29;
