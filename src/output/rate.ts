import type { Clock, Millis } from '../runtime/io.ts';
import type { OutputWriter } from './writer.ts';

/** `--message-rate`: messages are counted and not printed. */
export class MessageRate {
  #count = 0;

  /** A message came. */
  add(): void {
    this.#count++;
  }

  /** Each second one line, until `isOver`. */
  start(clock: Clock, output: OutputWriter, isOver: () => boolean): void {
    const line = (at: Millis): void => {
      if (isOver()) return;
      output.text(this.line());
      output.flush();
      next(at + 1000);
    };
    const next = (at: Millis): void => void clock.callAt(at, () => line(at));
    next(clock.now() + 1000);
  }

  /** To be called each second: the line to print for it. Counting begins anew. */
  line(): string {
    const line = `${this.#count} msgs/s\n`;
    this.#count = 0;
    return line;
  }
}
