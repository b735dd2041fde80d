/** What `-w` prints around a message when standard output is not a terminal, byte for byte as in mosquitto_sub. */

const CLEAR = '\x1b[2J\x1b[1;1H';
/** The line below the name of the broker. */
const FIRST_LINE = 2;

export class PipedScreen {
  readonly #lines = new Map<string, number>();
  readonly #heading: (text: string) => string;

  constructor(heading: (text: string) => string = (text) => text) {
    this.#heading = heading;
  }

  /** Printed first. */
  start(host: string): string {
    return `${CLEAR}${this.#heading(`Broker: ${host}`)}\n`;
  }

  /** Printed before a message: moves to the line of its topic, or to a new line for a new topic. */
  before(topic: string): string {
    let line = this.#lines.get(topic);
    if (line === undefined) {
      line = FIRST_LINE + this.#lines.size;
      this.#lines.set(topic, line);
    }
    return `\x1b[${line};1H`;
  }

  /** Printed after a message: moves to the line below the lowest one in use. */
  after(): string {
    return `\x1b[${FIRST_LINE + this.#lines.size - 1};1H\n`;
  }
}
