/**
 * When to sync for QoS 2 messages; src/spool/sender.ts has the order of what must be on disk first. PUBREL packets wait
 * for a sync, and share it: they wait until the broker has answered everything, or will answer nothing more.
 *
 * A PINGREQ finds that out: a broker handles packets in order, so at its PINGRESP it holds back what it has not
 * answered, such as when its window is smaller than ours. The PINGREQ also makes its system send responses delayed by
 * Nagle's algorithm.
 */
export class ReleaseBatch {
  readonly #ping: () => void;
  /** Packets that the broker has yet to answer (QoS 1 too, as an answer makes room), and those before the last PINGREQ. */
  #owed = 0;
  #before = 0;
  /** PINGREQ packets without a PINGRESP. */
  #asked = 0;
  /** True when we have sent something since the broker last sent something. */
  #spoken = true;
  #waiting = false;
  /** True when QoS 2 packets are unanswered; without them there is no batch. */
  #concerned = false;

  /** `ping` sends a PINGREQ. */
  constructor(ping: () => void) {
    this.#ping = ping;
  }

  /** A PUBLISH at QoS 1 or 2, or a PUBREL, is sent. */
  sent(isExactlyOnce: boolean): void {
    this.#owed++;
    this.#concerned ||= isExactlyOnce;
    this.#spoken = true;
  }

  /** A packet is about to be sent. */
  speaking(): void {
    this.#spoken = true;
  }

  /** A PUBACK, PUBREC or PUBCOMP was received. */
  answered(): void {
    this.#owed = Math.max(0, this.#owed - 1);
    this.#before = Math.max(0, this.#before - 1);
    this.#spoken = false;
  }

  /** A PUBREC was received, and its PUBREL waits. */
  received(): void {
    this.answered();
    this.#waiting = true;
  }

  /** A PINGRESP was received. */
  pong(): void {
    this.#spoken = false;
    this.#asked = Math.max(0, this.#asked - 1);
    // The broker will not answer now what it received before this PINGREQ and left unanswered.
    if (this.#asked > 0) return;
    this.#owed -= this.#before;
    this.#before = 0;
  }

  /** Whether PUBREL packets wait, and no response is expected before they are sent. Ask this at the end of each turn. */
  isOver(): boolean {
    this.#concerned &&= this.#owed > 0;
    if (this.#concerned && !this.#spoken) {
      this.#asked++;
      this.#before = this.#owed;
      this.#spoken = true;
      this.#ping();
    }
    if (!this.#waiting || this.#owed > 0) return false;
    this.#waiting = false;
    return true;
  }

  /** The connection is closed. */
  reset(): void {
    this.#owed = this.#before = this.#asked = 0;
    this.#spoken = true;
    this.#waiting = this.#concerned = false;
  }
}
