/** How tssub and tsrr print a message: by the format, with its topic, or the payload alone. */
import type { CommonPlan, PrintPlan } from '../cli/plan-types.ts';
import type { PublishPacket } from '../mqtt/index.ts';
import { putPlain } from '../output/plain.ts';
import type { OutputWriter } from '../output/writer.ts';
import type { Io } from '../runtime/io.ts';

export type PrintMessage = (packet: PublishPacket) => void;

const NO_TIME = { seconds: 0, nanoseconds: 0 };

export function messagePrinter(plan: CommonPlan & PrintPlan, output: OutputWriter, io: Io): PrintMessage {
  const { format, pretty, verbose, newline, nul, quiet, raw } = plan;
  const { topic } = io.paint ?? {};
  if (format === undefined) {
    // Who asks for a form (-F, -N, -0) gets it, byte for byte.
    const safely = !raw && newline && !nul && io.isTerminal(1);
    return (packet) => putPlain(output, packet, verbose, newline, nul, topic, safely);
  }
  const complain = (line: string): void => {
    if (!quiet) io.stderr(line);
  };
  const render = format.renderer({ pretty, newline, nul, complain });
  if (!format.usesTime) return (packet) => render(output, packet, NO_TIME);
  return (packet) => render(output, packet, io.wallTime());
}
