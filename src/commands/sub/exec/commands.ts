/** The running commands of `--exec`: where their output goes, and how they are started, paused and ended. */
import type { ExecPlan } from '../../../cli/plan/types.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import { type ChildRequest, startSystemChild } from '../../../runtime/children.ts';
import type { BrokerIo } from '../../broker/connection.ts';
import type { SinkContext } from '../message-sink.ts';
import { type Attempt, type AttemptContext, startAttempt } from './attempt.ts';
import { messageEnvironment, withoutOurs } from './environment.ts';

export class Commands {
  readonly #context: AttemptContext;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<Attempt>();

  constructor({ timeout }: ExecPlan, io: BrokerIo, { output }: Pick<SinkContext, 'output'>) {
    this.#env = withoutOurs(io.env);
    this.#context = {
      start: io.startChild ?? startSystemChild,
      clock: io.clock,
      timeout,
      stdout: (lines) => {
        output.bytes(lines);
        output.flush();
        if (output.isFull && !output.isBroken) this.setReading(false);
      },
      stderr: (lines) => io.stderr(lines),
    };
  }

  /** The environment of a command. `attempt`: 1 for the first. */
  environment(packet: PublishPacket, attempt: number): Readonly<Record<string, string>> {
    return { ...this.#env, ...messageEnvironment(packet, attempt) };
  }

  /** Resolves with undefined when the command succeeded, else with the problem. */
  async run(request: ChildRequest): Promise<string | undefined> {
    const attempt = startAttempt(request, this.#context);
    this.#running.add(attempt);
    const problem = await attempt.outcome;
    this.#running.delete(attempt);
    return problem;
  }

  /** Asks all commands to end, without waiting for them. */
  terminate(): void {
    for (const each of this.#running) each.signal('SIGTERM');
  }

  /** Whether commands can go on writing: while standard output is full, they wait. */
  setReading(reading: boolean): void {
    for (const each of this.#running) each.setReading(reading);
  }

  /** Resolves when no command runs. */
  async ended(): Promise<void> {
    for (const { outcome } of this.#running) await outcome;
  }
}
