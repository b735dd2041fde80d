/** Which PINGREQ a PINGRESP answers: those of the keepalive and those that ask come in one row, and servers answer in order. */
export class Pings {
  /** PINGREQ packets without an answer. */
  #open = 0;
  /** How many PINGRESP packets it takes to the one that was asked for; 0: none was. */
  #left = 0;
  /** PINGRESP was due when the owner stopped reading. */
  due = false;

  sent(): void {
    this.#open++;
  }

  /** The answer to the one that was sent last is waited for. */
  ask(): void {
    this.#left = this.#open;
  }

  /** PINGRESP came. Whether it is the one that was asked for. */
  answered(): boolean {
    this.due = false;
    if (this.#open > 0) this.#open--;
    return this.#left > 0 && --this.#left === 0;
  }

  /** The connection is gone. */
  reset(): void {
    this.#open = this.#left = 0;
    this.due = false;
  }
}
