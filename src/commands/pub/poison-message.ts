/**
 * Whether the server ends every connection over what it is sent: before MQTT 5 it has no other way to refuse a message
 * (a control character in the topic, a packet that is too large), which would be sent again for ever.
 */
import { Failure } from '../../errors.ts';
import type { Tally } from './summary.ts';

/** So many connections in a row that were lost before anything was acknowledged are no accident. */
const ENOUGH = 5;

export class Stuck {
  readonly #tally: Tally;
  #connected = false;
  #settled = 0;
  #inRow = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** CONNACK is here, and what was not acknowledged is sent again. */
  connected(): void {
    this.#connected = true;
  }

  /** Why it is of no use to come back, if it is. A server that cannot be reached, or is silent, is no reason. */
  lost({ kind }: Failure): Failure | undefined {
    const { settled, isSettled } = this.#tally;
    const ended = this.#connected && kind === 'connection-lost' && !isSettled;
    this.#connected = false;
    if (settled > this.#settled) this.#inRow = 0;
    this.#settled = settled;
    this.#inRow = ended ? this.#inRow + 1 : 0;
    if (this.#inRow < ENOUGH) return undefined;
    // Acknowledgements come in the order of the messages [MQTT-4.6.0-2].
    return new Failure('connection-lost', {
      message: `The connection was lost ${ENOUGH} times in a row and nothing acknowledged: the server may not take message ${settled + 1}, the first on its way`,
    });
  }
}
