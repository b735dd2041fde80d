/**
 * When a sync is worth its time; src/spool/sender.ts has what must be on the disk before what. At QoS 2 each PUBREL has to wait for one, and one serves all that wait; so they wait for
 * each other, until the server has answered everything, or has nothing more to say before it gets them.
 *
 * PINGREQ finds that out: a server handles the packets of a connection in order, so what it has not answered before its
 * PINGRESP it keeps for later, as one does whose window is smaller than ours. And it makes the server's system send the
 * answers that it keeps back until it has heard from us (Nagle's algorithm beside delayed acknowledgements).
 */
export class ReleaseBatch {
  readonly #ping: () => void;
  /** Packets that the server has to answer: at QoS 1 too, since that makes room for more. And those before the last PINGREQ. */
  #owed = 0;
  #before = 0;
  /** PINGREQ packets without an answer. */
  #asked = 0;
  /** The server's system has heard from us since we have heard from it. */
  #spoken = true;
  #waiting = false;
  /** Something of QoS 2 is among what is owed; without it there is no batch. */
  #concerned = false;

  /** `ping` is to send PINGREQ. */
  constructor(ping: () => void) {
    this.#ping = ping;
  }

  /** PUBLISH at QoS 1 or 2, or PUBREL, goes out. */
  sent(isExactlyOnce: boolean): void {
    this.#owed++;
    this.#concerned ||= isExactlyOnce;
    this.#spoken = true;
  }

  /** Something is about to be sent. */
  speaking(): void {
    this.#spoken = true;
  }

  /** PUBACK, PUBREC or PUBCOMP came. */
  answered(): void {
    this.#owed = Math.max(0, this.#owed - 1);
    this.#before = Math.max(0, this.#before - 1);
    this.#spoken = false;
  }

  /** PUBREC came, and PUBREL waits. */
  received(): void {
    this.answered();
    this.#waiting = true;
  }

  /** PINGRESP came. */
  pong(): void {
    this.#spoken = false;
    this.#asked = Math.max(0, this.#asked - 1);
    // What it had before and has not answered now, it will not.
    if (this.#asked > 0) return;
    this.#owed -= this.#before;
    this.#before = 0;
  }

  /** Whether PUBREL packets wait, and nothing more is to come before they go: then they go. To be asked at the end of each turn. */
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

  /** The connection is gone. */
  reset(): void {
    this.#owed = this.#before = this.#asked = 0;
    this.#spoken = true;
    this.#waiting = this.#concerned = false;
  }
}
