/** How the outcome of a message counts, for decisions and for the line of `--summary`, and the text of a rejection. */
import { FAILURES } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import type { QoS } from '../../mqtt/types.ts';

export type Published = Extract<SessionEvent, { type: 'published' }>;

export class Tally {
  /** Messages handed to the connection. */
  published = 0;
  /** Those of them with an outcome, good or bad. */
  settled = 0;
  /** Messages not sent, because the broker had declared that it does not support them. */
  #unsendable = 0;
  readonly #refused = new Map<number, number>();

  /** Whether every message handed over has an outcome. */
  get isSettled(): boolean {
    return this.settled === this.published;
  }

  get refused(): number {
    return [...this.#refused.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `count` more messages were handed over and are in the output. */
  written(count: number): void {
    this.published += count;
    this.settled += count;
  }

  settle(code: number, local: boolean): void {
    this.settled++;
    if (!isRefusal(code)) return;
    if (local) this.#unsendable++;
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /**
   * Makes the line without a newline. `waiting`: handed over and not sent yet; `resent`: packets sent again; `unsent`:
   * messages in the file of `--unsent`, undefined without the option.
   */
  line(qos: QoS, { waiting, resent, unsent }: { waiting: number; resent: number; unsent: number | undefined }): string {
    const sent = this.published - this.#unsendable - waiting;
    const parts = qos === 0 ? [`written ${sent}`] : [`sent ${sent}`, `acknowledged ${this.settled - this.refused}`];
    parts.push(`refused ${this.refused}${this.#reasons()}`);
    if (qos > 0) parts.push(`resent ${resent}`);
    if (unsent !== undefined) parts.push(`unsent ${unsent}`);
    return parts.join(', ');
  }

  /** Lists each reason once; when there are several, with its number of messages. */
  #reasons(): string {
    const reasons = [...this.#refused].map(([code, count]) => ({ text: reasonText(code).toLowerCase(), count }));
    if (reasons.length === 0) return '';
    if (reasons.length === 1) return ` (${reasons[0]!.text})`;
    return ` (${reasons.map(({ text, count }) => `${count} ${text}`).join(', ')})`;
  }
}

/** Texts in Mosquitto's words by reason code, for messages not sent because the broker's CONNACK excludes them. */
const LOCAL: Readonly<Record<number, { readonly text: string; readonly status: number }>> = {
  155: { text: 'Message QoS not supported on broker, try a lower QoS.', status: FAILURES['qos-not-supported'].status },
  154: {
    text: 'Retained messages are not supported on broker, leave out -r.',
    status: FAILURES['not-supported'].status,
  },
  149: { text: FAILURES['packet-too-large'].text, status: FAILURES['packet-too-large'].status },
};

/** Mosquitto exits with 0 when the broker rejects a message. Here 0 promises success, so the status is the reason code. */
export function refusal({ packetId, code, reason, local }: Published): {
  readonly status: number;
  readonly text: string;
} {
  const known = local ? LOCAL[code] : undefined;
  if (known !== undefined) return { status: known.status, text: `Error: ${known.text}\n` };
  const why = reason ? `${reason}\n` : '';
  return { status: code, text: `Warning: Publish ${packetId} failed: ${reasonText(code)}.\n${why}` };
}
