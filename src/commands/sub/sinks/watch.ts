/** `-w`: puts messages into the rows of the screen. Loaded only with this option. */
import type { SubPlan } from '../../../cli/plan/types.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import { visible } from '../../../output/visible.ts';
import { WatchScreen } from '../../../output/watch.ts';
import { PipedScreen } from '../../../output/watch-pipe.ts';
import { OutputWriter } from '../../../output/writer.ts';
import type { Io, ScreenSize, Sink } from '../../../runtime/io.ts';
import type { BrokerIo } from '../../broker/connection.ts';
import { messagePrinter, type PrintMessage } from '../../terminal/message-printer.ts';

/** Most bytes of a value: a row shows no more. */
const MOST_BYTES = 4 * 1024;
const NULL_TEXT = '(null)';

/** What replaces plain output in tssub. */
export interface Watch {
  /** Returns the function that puts a message on the screen. */
  start(output: OutputWriter): PrintMessage;
  /** CONNACK was received. Before that, a screen would erase the reason that there is none. */
  connected(): void;
  /** Returns an io whose lines on standard error move the rows. */
  dress(io: BrokerIo): BrokerIo;
}

export function newWatch(plan: SubPlan, io: Io): Watch {
  let resized = (_to: ScreenSize): void => {};
  let connected = (): void => {};
  const size = io.screen?.((to) => resized(to));
  if (size === undefined) return pipedWatch(plan, io);
  const named = plan.format === undefined;
  const screen = new WatchScreen({ host: plan.target.host, size, named, paint: io.paint });
  const value = named ? ({ payload }: PublishPacket) => shown(payload) || NULL_TEXT : formatted(plan, io);
  return {
    start: (output) => {
      connected = () => {
        connected = () => {};
        resized = (to) => {
          output.text(screen.draw(to));
          output.flush();
        };
        output.text(screen.draw());
      };
      return (packet) => output.text(screen.put(packet.topic, value(packet)));
    },
    connected: () => connected(),
    dress: (all) => {
      const stderr: Io['stderr'] = (text) => {
        all.stderr(text);
        screen.disturbed();
      };
      // On standard output, the lines of -d would overwrite the rows.
      return { ...all, stderr, debug: stderr };
    },
  };
}

function pipedWatch(plan: SubPlan, io: Io): Watch {
  const screen = new PipedScreen(io.paint?.heading);
  return {
    start: (output) => {
      output.text(screen.start(plan.target.host));
      const print = messagePrinter(plan, output, io);
      return (packet) => {
        output.text(screen.before(packet.topic));
        print(packet);
        output.text(screen.after());
      };
    },
    connected: () => {},
    dress: (all) => all,
  };
}

function shown(bytes: Uint8Array): string {
  const text = visible(bytes.subarray(0, MOST_BYTES));
  return bytes.length > MOST_BYTES ? `${text}\u2026` : text;
}

/** With `-F`: returns the formatted message without its newline. */
function formatted(plan: SubPlan, io: Io): (packet: PublishPacket) => string {
  const caught = new Caught();
  const output = new OutputWriter(caught, { written: () => {}, room: () => {}, broken: () => {} });
  const print = messagePrinter({ ...plan, newline: false, nul: false }, output, io);
  return (packet) => {
    print(packet);
    output.flush();
    return shown(caught.take());
  };
}

/** Keeps only as much of the output as a row may show. */
class Caught implements Sink {
  #parts: Buffer[] = [];
  #length = 0;

  write(bytes: Uint8Array, done: (errno?: string) => void): void {
    if (this.#length <= MOST_BYTES) this.#parts.push(Buffer.from(bytes.subarray(0, MOST_BYTES + 1)));
    this.#length += bytes.length;
    done();
  }

  close(): void {}

  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return all;
  }
}
