/** What a reader makes of a record of standard input: a message, or a refusal of the record. */

import type { Failure } from '../../errors.ts';
import type { PublishContent } from '../../mqtt/packets/publish.ts';
import type { Millis } from '../../util/millis.ts';

export interface RecordMessage extends PublishContent {
  /** Time of recording, since 1970; present with `--replay-speed`. */
  readonly recorded?: Millis | undefined;
}

/**
 * Returns the message of the next record, or undefined for an empty record. The payload may be a view of the record.
 * Throws a Failure that names the record.
 */
export type ReadRecord = (record: Uint8Array) => RecordMessage | undefined;

/** Makes a Failure about the record that was read last. */
export type Refuse = (problem: string) => Failure;
