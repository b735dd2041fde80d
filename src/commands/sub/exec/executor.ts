/**
 * `--exec`: runs one command for each message, several at a time. A message is handled when its command exits with 0,
 * or when it is safe as a dead letter; otherwise it stays unacknowledged. A message keeps its worker through all
 * retries, so with one worker the order is preserved.
 */

import type { ExecPlan, SubPlan } from '../../../cli/plan/types.ts';
import { ownProperties } from '../../../mqtt/properties.ts';
import { isRefusal, reasonText } from '../../../mqtt/reasons.ts';
import type { Delivery, SessionEvent } from '../../../mqtt/session/events.ts';
import { matches } from '../../../mqtt/topic.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import { systemFiles } from '../../../runtime/files.ts';
import type { WallTime } from '../../../runtime/io.ts';
import type { Millis } from '../../../util/millis.ts';
import { ownBytes } from '../../../util/own-bytes.ts';
import { printable } from '../../../util/printable.ts';
import { Queue } from '../../../util/queue.ts';
import { type BrokerIo, pauseOf } from '../../broker/connection.ts';
import type { MessageSink, SinkContext } from '../message-sink.ts';
import { Commands } from './commands.ts';
import { type DeadLetters, deadLetters } from './dead-letter.ts';
import { leftOut } from './environment.ts';

/** Messages that wait for each worker before reading pauses. */
const WAITING_EACH = 1;
/** The same limit while a dead letter waits for its acknowledgement, which may follow these; then the run is given up. */
const MOST_UNANSWERED = 100_000;

const FIRST_WAIT: Millis = 1000;
const LONGEST_WAIT: Millis = 60_000;

interface Job {
  readonly packet: PublishPacket;
  readonly delivery: Delivery;
  readonly command: string;
  readonly at: WallTime;
}

export class Executor implements MessageSink {
  readonly #plan: SubPlan & { readonly exec: ExecPlan };
  readonly #io: BrokerIo;
  readonly #context: SinkContext;
  /** Handles messages without a command. */
  readonly #others: MessageSink;
  readonly #commands: Commands;
  readonly #deadLetters: DeadLetters | undefined;
  readonly #waiting = new Queue<Job>();
  /** Number of messages that have a worker. */
  #busy = 0;
  #stopped = false;
  /** Functions that end the waits before another attempt. */
  readonly #sleepers = new Set<() => void>();
  #untilIdle: (() => void)[] = [];

  /** Throws a Failure when the directory for dead letters cannot be used. */
  constructor(plan: SubPlan & { readonly exec: ExecPlan }, io: BrokerIo, context: SinkContext, others: MessageSink) {
    this.#plan = plan;
    this.#io = io;
    this.#context = context;
    this.#others = others;
    this.#commands = new Commands(plan.exec, io, context);
    const publish = context.client.publish.bind(context.client);
    const system = { files: systemFiles, pid: io.pid, publish, pause: pauseOf(io.clock) };
    this.#deadLetters = plan.exec.deadLetter && deadLetters(plan.exec.deadLetter, system);
  }

  get isFull(): boolean {
    return this.#others.isFull || this.#isBehind;
  }

  get isBusy(): boolean {
    return this.#busy > 0;
  }

  put(packet: PublishPacket, delivery: Delivery): void {
    const { commands } = this.#plan.exec;
    const command = commands.find(({ filter }) => filter === undefined || matches(filter, packet.topic));
    if (command === undefined) return this.#others.put(packet, delivery);
    this.#waiting.push({ packet: kept(packet), delivery, command: command.command, at: this.#io.wallTime() });
    this.#next();
    if (this.#deadLetters?.isWaiting === true && this.#waiting.length > MOST_UNANSWERED && !this.#stopped) {
      this.#warn(`Error: The broker sent ${MOST_UNANSWERED} messages without acknowledging a dead letter.`);
      this.#context.givenUp();
    }
  }

  connected(): void {
    this.#others.connected();
  }

  published({ token, code, reason }: Extract<SessionEvent, { type: 'published' }>): void {
    this.#deadLetters?.published(token, isRefusal(code) ? (reason ?? reasonText(code)) : undefined);
  }

  /** Lets running commands end; waiting messages stay unacknowledged. */
  stop(): number {
    this.#stopped = true;
    const lost = [...this.#waiting].filter((job) => this.#isLost(job)).length;
    this.#waiting.clear();
    if (lost > 0) {
      const what = lost === 1 ? '1 message is' : `${lost} messages are`;
      this.#warn(
        `Warning: ${what} lost: received, and no command was started (use -q 1 -c -i ID to keep such messages).`,
      );
    }
    for (const wake of this.#sleepers) wake();
    return lost;
  }

  disconnected(): void {
    this.stop();
    this.#deadLetters?.abandon();
  }

  abort(): void {
    this.#commands.terminate();
  }

  outputRoom(): void {
    this.#commands.setReading(true);
  }

  /** Dead letters may still wait for their acknowledgement. */
  ended(): Promise<void> {
    return this.#commands.ended();
  }

  idle(): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#untilIdle.push(resolve));
  }

  /** True when enough messages wait for a worker, unless an acknowledgement that may follow more of them has to be read. */
  get #isBehind(): boolean {
    return this.#waiting.length >= this.#plan.exec.workers * WAITING_EACH && this.#deadLetters?.isWaiting !== true;
  }

  #next(): void {
    while (!this.#stopped && this.#busy < this.#plan.exec.workers) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#busy++;
      void this.#work(job);
    }
  }

  async #work(job: Job): Promise<void> {
    const isHandled = (await this.#handle(job)) === 'handled';
    this.#busy--;
    if (isHandled) {
      this.#context.mark(job.packet, job.delivery);
      this.#context.output.flush();
    }
    this.#next();
    if (this.#busy === 0) for (const resolve of this.#untilIdle.splice(0)) resolve();
    if (!this.#isBehind) this.#context.room();
  }

  /** `left`: the run ends before the message is handled, and the broker is to send it again. */
  async #handle(job: Job): Promise<'handled' | 'left'> {
    const { retries } = this.#plan.exec;
    const what = about(job.packet);
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#attempt(job, attempt);
      if (problem === undefined) return 'handled';
      const left = retries + 1 - attempt;
      if (left <= 0) return this.#giveUp(job, `${what} failed (${problem})${attempt > 1 ? ` ${attempt} times` : ''}`);
      const wait = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
      this.#warn(
        `Warning: ${what} failed (${problem}); ${left} ${left === 1 ? 'retry' : 'retries'} left, the next in ${wait / 1000} s.`,
      );
      if (!this.#stopped) await this.#sleep(wait);
      if (this.#stopped) {
        this.#warn(`Warning: ${what} was not tried again; ${this.#fate(job)}.`);
        // The attempt has failed, perhaps the last one.
        this.#context.givenUp();
        return 'left';
      }
    }
  }

  #attempt({ packet, command }: Job, attempt: number): Promise<string | undefined> {
    const env = this.#commands.environment(packet, attempt);
    const missing = leftOut(env);
    if (missing.length > 0 && attempt === 1)
      this.#warn(`Warning: Too long for the environment of ${about(packet)}: ${missing.join(', ')}.`);
    return this.#commands.run({ command, env, stdin: packet.payload });
  }

  async #giveUp(job: Job, what: string): Promise<'handled' | 'left'> {
    const problem = await this.#deadLetters?.put(job.packet, job.at);
    if (this.#deadLetters !== undefined && problem === undefined) {
      this.#warn(`Warning: ${what}; the message is now a dead letter.`);
      return 'handled';
    }
    const instead = problem === undefined ? '' : `, and storing the dead letter failed (${problem})`;
    this.#warn(`Error: ${what}${instead}; ${this.#fate(job)}.`);
    this.#context.givenUp();
    return 'left';
  }

  /** Whether the broker will not send an unacknowledged message again. */
  #isLost({ packet }: Job): boolean {
    return packet.qos === 0 || this.#plan.session.clean;
  }

  /** Text about the fate of an unacknowledged message. */
  #fate({ packet }: Job): string {
    if (packet.qos === 0) return 'the message is lost: at QoS 0 the broker does not keep it (use -q 1)';
    if (this.#plan.session.clean) return 'the message is lost with the session (use -c -i ID)';
    return 'the broker keeps the message for the next run';
  }

  #sleep(wait: Millis): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#io.clock.callAt(this.#io.clock.now() + wait, () => wake());
      const wake = (): void => {
        cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      this.#sleepers.add(wake);
    });
  }

  #warn(line: string): void {
    this.#context.run.warn(`${line}\n`);
  }
}

/** Copies the packet, because its bytes lie in a buffer that the transport reuses. */
function kept(packet: PublishPacket): PublishPacket {
  return { ...packet, payload: ownBytes(packet.payload), properties: ownProperties(packet.properties) };
}

const about = ({ topic }: PublishPacket): string => `the command for "${printable(topic)}"`;
