/**
 * Whether the server ends every connection over what it is sent: before MQTT 5 it has no other way to refuse a message
 * (a control character in the topic, a packet that is too large), which would be sent again for ever.
 */
import { Failure } from '../errors.ts';
import type { Token } from '../mqtt/index.ts';

/** So many connections in a row that were lost before anything was acknowledged are no accident. */
const ENOUGH = 5;

export class Stuck {
  /** What is sent and not acknowledged, in order, as it is named to the user. */
  readonly #open = new Map<Token, { readonly number: number; readonly topic: string }>();
  #sent = 0;
  #connected = false;
  #inRow = 0;

  sent(token: Token, topic: string): void {
    this.#open.set(token, { number: ++this.#sent, topic });
  }

  settled(token: Token): void {
    this.#open.delete(token);
    this.#inRow = 0;
  }

  /** CONNACK is here, and what was not acknowledged is sent again. */
  connected(): void {
    this.#connected = true;
  }

  /** Why it is of no use to come back, if it is. A server that cannot be reached, or is silent, is no reason. */
  lost({ kind }: Failure): Failure | undefined {
    const ended = this.#connected && kind === 'connection-lost';
    this.#connected = false;
    const [first] = this.#open.values();
    this.#inRow = ended && first !== undefined ? this.#inRow + 1 : 0;
    if (first === undefined || this.#inRow < ENOUGH) return undefined;
    const what = `message ${first.number}, to ${JSON.stringify(first.topic)}, which is the first on its way`;
    return new Failure('connection-lost', {
      message: `The connection was lost ${ENOUGH} times in a row and nothing acknowledged: the server may not take ${what}`,
    });
  }
}
