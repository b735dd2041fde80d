/** `--message-rate`: messages are counted and not printed. */

import type { Clock } from '../../../runtime/io.ts';
import type { Millis } from '../../../util/millis.ts';
import type { PrintMessage } from '../../terminal/message-printer.ts';
import type { SinkContext } from '../message-sink.ts';

const EVERY: Millis = 1000;

/** Counts a message. One line each second reports the number, until the context is over. */
export function rateCounter({ output, isOver }: Pick<SinkContext, 'output' | 'isOver'>, clock: Clock): PrintMessage {
  let count = 0;
  const next = (at: Millis): void =>
    void clock.callAt(at, () => {
      if (isOver()) return;
      output.text(`${count} msgs/s\n`);
      output.flush();
      count = 0;
      next(at + EVERY);
    });
  next(clock.now() + EVERY);
  return () => {
    count++;
  };
}
