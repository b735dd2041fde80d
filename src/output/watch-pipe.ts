/** `-w` where standard output is no terminal: what mosquitto_sub prints, byte for byte. What is printed around a message. */

const CLEAR = '\x1b[2J\x1b[1;1H';
/** Below the line that names the broker. */
const FIRST_LINE = 2;

export class PipedScreen {
  readonly #lines = new Map<string, number>();
  readonly #heading: (text: string) => string;

  constructor(heading: (text: string) => string = (text) => text) {
    this.#heading = heading;
  }

  /** Before everything. */
  start(host: string): string {
    return `${CLEAR}${this.#heading(`Broker: ${host}`)}\n`;
  }

  /** Before a message: goes to the line of its topic, a new one for a new topic. */
  before(topic: string): string {
    let line = this.#lines.get(topic);
    if (line === undefined) {
      line = FIRST_LINE + this.#lines.size;
      this.#lines.set(topic, line);
    }
    return `\x1b[${line};1H`;
  }

  /** After it: goes to the lowest line in use, and below that. */
  after(): string {
    return `\x1b[${FIRST_LINE + this.#lines.size - 1};1H\n`;
  }
}
