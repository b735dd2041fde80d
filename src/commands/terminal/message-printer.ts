/** How tssub and tsrr print a message: in the format, with its topic, or the payload alone. */
import type { CommonPlan, PrintPlan, SubPlan } from '../../cli/plan/types.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import { putPlain } from '../../output/plain.ts';
import type { OutputWriter } from '../../output/writer.ts';
import type { Io } from '../../runtime/io.ts';

export type PrintMessage = (packet: PublishPacket) => void;

const NO_TIME = { seconds: 0, nanoseconds: 0 };

export function messagePrinter(plan: CommonPlan & PrintPlan, output: OutputWriter, io: Io): PrintMessage {
  const { format, pretty, verbose, newline, nul, quiet, raw } = plan;
  const { topic } = io.paint ?? {};
  if (format === undefined) {
    // With an explicit form (-F, -N, -0), output is exact, byte for byte.
    const safely = !raw && newline && !nul && io.isTerminal(1);
    return (packet) => putPlain(output, packet, verbose, newline, nul, topic, safely);
  }
  const warn = (line: string): void => {
    if (!quiet) io.stderr(line);
  };
  const render = format.renderer({ pretty, newline, nul, warn });
  if (!format.usesTime) return (packet) => render(output, packet, NO_TIME);
  return (packet) => render(output, packet, io.wallTime());
}

/** A pipe accepts up to this many bytes all or none (pipe(7)): after kill -9, a longer write may leave duplicates in it. */
const PIPE_BUF = 4096;

/** Most bytes for one write; undefined for no limit. */
export const atOnce = ({ subscriptions }: SubPlan): number | undefined =>
  subscriptions.some(({ qos }) => qos === 2) ? PIPE_BUF : undefined;
