/** Prints each message: it is ready as soon as it stands in the output. */
import type { Delivery } from '../../../mqtt/session/events.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import type { PrintMessage } from '../../terminal/message-printer.ts';
import type { MessageSink, SinkContext } from '../message-sink.ts';

export class PrintSink implements MessageSink {
  readonly #print: PrintMessage;
  readonly #output: SinkContext['output'];
  readonly #mark: SinkContext['mark'];
  /** As in MessageSink. */
  readonly connected: () => void;
  readonly isBusy = false;

  constructor(
    print: PrintMessage,
    { output, mark }: Pick<SinkContext, 'output' | 'mark'>,
    connected: () => void = () => {},
  ) {
    this.#print = print;
    this.#output = output;
    this.#mark = mark;
    this.connected = connected;
  }

  put(packet: PublishPacket, delivery: Delivery): void {
    this.#print(packet);
    this.#mark(packet, delivery);
  }

  get isFull(): boolean {
    return this.#output.isFull;
  }

  published(): void {}

  outputRoom(): void {}

  stop(): number {
    return 0;
  }

  async ended(): Promise<void> {}

  async idle(): Promise<void> {}

  disconnected(): void {}

  abort(): void {}
}
