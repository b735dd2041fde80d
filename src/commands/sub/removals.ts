/** `--remove-retained`: an empty retained message takes the place of each that was printed. */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { Client } from '../../client/client.ts';
import { FAILURES } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import { type BrokerIo, say } from '../broker/connection.ts';

export class Removals {
  readonly #client: Client;
  readonly #plan: SubPlan;
  readonly #io: BrokerIo;
  /** Those that the server has not acknowledged. */
  #open = 0;

  constructor(client: Client, plan: SubPlan, io: BrokerIo) {
    this.#client = client;
    this.#plan = plan;
    this.#io = io;
  }

  remove(topic: string): void {
    this.#open++;
    this.#client.publish({ topic, payload: new Uint8Array(0), qos: 1, retain: true, properties: [] });
  }

  /** `status`: the exit status so far. Returns that, or the reason code of a refusal. */
  removed({ code, reason }: Extract<SessionEvent, { type: 'published' }>, status: number): number {
    this.#open--;
    if (!isRefusal(code)) return status;
    this.#say(`Warning: A retained message was not removed: ${reasonText(code)}.\n${reason ? `${reason}\n` : ''}`);
    return status || code;
  }

  /** The server has still to acknowledge some. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** There is no more time. Returns the exit status. */
  giveUp(): number {
    if (!this.isOpen) return 0;
    const what = this.#open === 1 ? 'a retained message is' : `${this.#open} retained messages are`;
    this.#say(`Warning: The broker did not acknowledge that ${what} removed.\n`);
    return FAILURES['connection-lost'].status;
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}
