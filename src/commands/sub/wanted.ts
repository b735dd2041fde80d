/**
 * The subscriptions of a run: requested on the first connection, and again when the broker has lost them; the warnings
 * about rejected ones; and the filters of `-U`. With `-E` the run waits only for the responses to these requests.
 */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { Client } from '../../client/client.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent, Token } from '../../mqtt/session/events.ts';
import { hintLine } from '../../util/phrases.ts';
import type { Run } from '../run.ts';

/** Before MQTT 5 there is one code for every reason. */
const UNKNOWN = 'Check the access rules of the broker. With -V 5, brokers give the reason.';

/** What to do, by the reason code of SUBACK. */
const HINTS: Readonly<Record<number, string>> = {
  135: 'The access rules of the broker do not allow this subscription.',
  143: 'The broker does not accept this topic filter. Use another one with -t.',
  158: 'The broker does not support shared subscriptions. Omit $share/GROUP/ in -t.',
  161: 'The broker does not support subscription identifiers. Omit -D subscribe subscription-identifier.',
  162: 'The broker does not support wildcards. Use -t with a topic without + and #.',
};

const refusedHint = (code: number): string => HINTS[code] ?? `The reason of the broker is '${reasonText(code)}'.`;

export interface SubscriptionContext {
  readonly client: Pick<Client, 'subscribe' | 'unsubscribe'>;
  readonly run: Run;
  /** Prints a line of `-d`. */
  debug(line: string): void;
  /** Every subscription is granted. */
  granted(): void;
  /** Ends the run with this exit status. */
  leave(status: number): void;
}

export class SubscriptionSet {
  readonly #plan: SubPlan;
  readonly #context: SubscriptionContext;
  #asked: 'no' | 'waiting' | 'granted' = 'no';
  /** Filters that wait for their UNSUBACK. */
  readonly #unsubscribing = new Map<Token, string>();

  constructor(plan: SubPlan, context: SubscriptionContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** True when the broker has answered every request. */
  get isAnswered(): boolean {
    return (this.#asked === 'granted' || this.#plan.subscriptions.length === 0) && this.#unsubscribing.size === 0;
  }

  /** CONNACK was received. `isOver`: no more messages are wanted. */
  connected(sessionPresent: boolean, isOver: boolean): void {
    const { client, run } = this.#context;
    const { session, subscriptions, subscribeProperties, unsubscribe, unsubscribeProperties } = this.#plan;
    if (this.#asked === 'granted' && !sessionPresent && !session.clean)
      run.warn('Warning: The broker lost the session; messages it held may be missing.\n');
    // A server that kept the session kept the subscriptions made in it; asking again would bring retained messages again.
    // A request that was not answered is sent again by the session itself.
    if (isOver || this.#asked === 'waiting' || (sessionPresent && this.#asked === 'granted')) return;
    if (subscriptions.length > 0) {
      client.subscribe(subscriptions, subscribeProperties);
      this.#asked = 'waiting';
    }
    for (const filter of unsubscribe)
      this.#unsubscribing.set(client.unsubscribe([filter], unsubscribeProperties), filter);
  }

  subscribed({ packetId, codes, reason }: Extract<SessionEvent, { type: 'subscribed' }>): void {
    const { run, debug, granted, leave } = this.#context;
    const { quiet, exitAfterSubscribe, subscriptions, ready } = this.#plan;
    this.#asked = 'granted';
    if (this.#plan.debug && !quiet) debug(`Subscribed (mid: ${packetId}): ${codes.join(', ')}\n`);
    const refused = codes.filter(isRefusal);
    if (refused.length === codes.length) {
      const why = this.#plan.session.version === 5 ? refusedHint(refused[0]!) : UNKNOWN;
      run.warn(`All subscription requests were denied.\n${reason ? `${reason}\n` : ''}${hintLine(why)}`);
      return leave(refused[0]!);
    }
    codes.forEach((code, i) => {
      if (isRefusal(code))
        run.warn(`Warning: Subscription to '${subscriptions[i]?.filter}' was denied: ${reasonText(code)}.\n`);
    });
    if (refused.length === 0) granted();
    // A process that waits for --ready must not wait in vain.
    if (exitAfterSubscribe || (ready !== undefined && refused.length > 0)) leave(refused[0] ?? 0);
  }

  unsubscribed({ token, codes }: Extract<SessionEvent, { type: 'unsubscribed' }>): void {
    const { run, leave } = this.#context;
    const { exitAfterSubscribe, subscriptions } = this.#plan;
    const refused = codes.find(isRefusal);
    if (refused !== undefined) {
      if (exitAfterSubscribe) run.status ||= refused;
      const filter = this.#unsubscribing.get(token);
      run.warn(`Warning: Unsubscribing from '${filter}' was denied: ${reasonText(refused)}.\n`);
    }
    this.#unsubscribing.delete(token);
    // With topics, the run waits for a SUBACK.
    if (exitAfterSubscribe && subscriptions.length === 0 && this.#unsubscribing.size === 0) leave(0);
  }
}
