/** Prints each message: a message is ready as soon as it is in the output. */
import type { PrintMessage } from '../../terminal/message-printer.ts';
import type { MessageSink, SinkContext } from '../message-sink.ts';

/** `connected`: as in MessageSink. */
export function printSink(
  print: PrintMessage,
  { output, mark }: Pick<SinkContext, 'output' | 'mark'>,
  connected: () => void = () => {},
): MessageSink {
  return {
    put: (packet, delivery) => {
      print(packet);
      mark(packet, delivery);
    },
    get isFull() {
      return output.isFull;
    },
    isBusy: false,
    connected,
    published: () => {},
    outputRoom: () => {},
    stop: () => 0,
    ended: async () => {},
    idle: async () => {},
    disconnected: () => {},
    abort: () => {},
  };
}
