/** What the outcome of a message counts as, for decisions and for the line of `--summary`, and the text of a refusal. */
import { FAILURES } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import type { QoS } from '../../mqtt/types.ts';

export type Published = Extract<SessionEvent, { type: 'published' }>;

export class Tally {
  /** Handed to the connection. */
  published = 0;
  /** Of those: with an outcome, good or bad. */
  settled = 0;
  /** Not even sent, because the server had said that it cannot take them. */
  #unsendable = 0;
  readonly #refused = new Map<number, number>();

  /** Whether every message handed over has an outcome. */
  get isSettled(): boolean {
    return this.settled === this.published;
  }

  get refused(): number {
    return [...this.#refused.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `count` more were handed over, and stand in the output. */
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
   * One line without its end. `waiting`: handed over and not sent yet; `resent`: packets sent once more; `unsent`: kept in
   * the file of `--unsent`, undefined without it.
   */
  line(qos: QoS, { waiting, resent, unsent }: { waiting: number; resent: number; unsent: number | undefined }): string {
    const sent = this.published - this.#unsendable - waiting;
    const parts = qos === 0 ? [`written ${sent}`] : [`sent ${sent}`, `acknowledged ${this.settled - this.refused}`];
    parts.push(`refused ${this.refused}${this.#reasons()}`);
    if (qos > 0) parts.push(`resent ${resent}`);
    if (unsent !== undefined) parts.push(`unsent ${unsent}`);
    return parts.join(', ');
  }

  /** Each reason once; with its number when there are several. */
  #reasons(): string {
    const reasons = [...this.#refused].map(([code, count]) => ({ text: reasonText(code).toLowerCase(), count }));
    if (reasons.length === 0) return '';
    if (reasons.length === 1) return ` (${reasons[0]!.text})`;
    return ` (${reasons.map(({ text, count }) => `${count} ${text}`).join(', ')})`;
  }
}

/** By reason code, in Mosquitto's words: not sent, for the server had said in CONNACK that it does not take such. */
const LOCAL: Readonly<Record<number, { readonly text: string; readonly status: number }>> = {
  155: { text: 'Message QoS not supported on broker, try a lower QoS.', status: FAILURES['qos-not-supported'].status },
  154: {
    text: 'Retained messages are not supported on broker, leave out -r.',
    status: FAILURES['not-supported'].status,
  },
  149: { text: FAILURES['packet-too-large'].text, status: FAILURES['packet-too-large'].status },
};

/** Mosquitto returns 0 for a refusal of the server; the promise of these programs forbids it, and so the reason code is the status. */
export function refusal({ packetId, code, reason, local }: Published): {
  readonly status: number;
  readonly text: string;
} {
  const known = local ? LOCAL[code] : undefined;
  if (known !== undefined) return { status: known.status, text: `Error: ${known.text}\n` };
  const why = reason ? `${reason}\n` : '';
  return { status: code, text: `Warning: Publish ${packetId} failed: ${reasonText(code)}.\n${why}` };
}
