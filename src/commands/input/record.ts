/** What a reader makes of a record of standard input: a message, or a refusal of the record. */

import type { Failure } from '../../errors.ts';
import type { PublishContent } from '../../mqtt/packets/publish.ts';
import type { Millis } from '../../util/millis.ts';

export interface RecordMessage extends PublishContent {
  /** When it was recorded, since 1970; there with `--replay-speed`. */
  readonly recorded?: Millis | undefined;
}

/**
 * The message of the next record, or undefined when there is nothing in the record. The payload may be a view of it.
 * Throws a Failure that names the record.
 */
export type ReadRecord = (record: Uint8Array) => RecordMessage | undefined;

/** What is wrong with the record that was read last, as a Failure. */
export type Refuse = (problem: string) => Failure;
