/**
 * `--exec`: one command a message, so many at a time. A message is handled when its command ends with 0, or when it is
 * safe as a dead letter; what is neither stays unacknowledged. A message keeps its worker until then, through all
 * retries, so that with one worker nothing overtakes it.
 */
import type { ExecPlan, SubPlan } from '../../../cli/plan/types.ts';
import type { Client } from '../../../client/client.ts';
import { ownProperties } from '../../../mqtt/properties.ts';
import { isRefusal, reasonText } from '../../../mqtt/reasons.ts';
import type { SessionEvent } from '../../../mqtt/session/events.ts';
import type { Delivery } from '../../../mqtt/session/inbound.ts';
import { matches } from '../../../mqtt/topic.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import type { OutputWriter } from '../../../output/writer.ts';
import { type StartChild, startSystemChild } from '../../../runtime/children.ts';
import { systemFiles } from '../../../runtime/files.ts';
import type { Millis, WallTime } from '../../../runtime/io.ts';
import { ownBytes } from '../../../util/own-bytes.ts';
import { printable } from '../../../util/printable.ts';
import { Queue } from '../../../util/queue.ts';
import { type BrokerIo, pauseOf, say } from '../../broker/connection.ts';
import { type Run, runCommand } from './attempt.ts';
import { type DeadLetters, deadLetters } from './dead-letter.ts';
import { leftOut, messageEnvironment, withoutOurs } from './environment.ts';

/** Messages that wait for a worker, for each worker, before no more are read. */
const WAITING_EACH = 1;
/** The same while a dead letter waits for its acknowledgement, which may be behind them; then the run is given up. */
const MOST_UNANSWERED = 100_000;

const FIRST_WAIT: Millis = 1000;
const LONGEST_WAIT: Millis = 60_000;

export interface ExecHooks {
  readonly client: Client;
  readonly output: OutputWriter;
  /** What the command wrote stands in the output, and the message can be acknowledged behind it. */
  handled(packet: PublishPacket, delivery: Delivery): void;
  /** A message was given up: it stays unacknowledged. */
  givenUp(): void;
  /** More messages can be read. */
  room(): void;
}

interface Job {
  readonly packet: PublishPacket;
  readonly delivery: Delivery;
  readonly command: string;
  readonly at: WallTime;
}

export class Executor {
  readonly #plan: SubPlan;
  readonly #exec: ExecPlan;
  readonly #io: BrokerIo;
  readonly #hooks: ExecHooks;
  readonly #start: StartChild;
  readonly #env: Readonly<Record<string, string>>;
  readonly #deadLetters: DeadLetters | undefined;
  readonly #waiting = new Queue<Job>();
  readonly #runs = new Set<Run>();
  /** Messages that have a worker. */
  #busy = 0;
  #stopped = false;
  #hasLost = false;
  /** Ends the waits before another attempt. */
  readonly #sleepers = new Set<() => void>();
  #untilIdle: (() => void)[] = [];

  /** Throws a Failure when the folder for dead letters cannot be used. */
  constructor(plan: SubPlan & { readonly exec: ExecPlan }, io: BrokerIo, hooks: ExecHooks) {
    this.#plan = plan;
    this.#exec = plan.exec;
    this.#io = io;
    this.#hooks = hooks;
    this.#start = io.startChild ?? startSystemChild;
    this.#env = withoutOurs(io.env);
    const publish = hooks.client.publish.bind(hooks.client);
    const context = { files: systemFiles, pid: io.pid, publish, pause: pauseOf(io.clock) };
    this.#deadLetters = plan.exec.deadLetter && deadLetters(plan.exec.deadLetter, context);
  }

  /** No more messages should be read. Never while an acknowledgement has to be read first. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#exec.workers * WAITING_EACH && this.#deadLetters?.isWaiting !== true;
  }

  /** Messages are being handled. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** Takes a message that there is a command for. */
  take(packet: PublishPacket, delivery: Delivery): boolean {
    const command = this.#exec.commands.find(({ filter }) => filter === undefined || matches(filter, packet.topic));
    if (command === undefined) return false;
    this.#waiting.push({ packet: kept(packet), delivery, command: command.command, at: this.#io.wallTime() });
    this.#next();
    if (this.#deadLetters?.isWaiting === true && this.#waiting.length > MOST_UNANSWERED && !this.#stopped) {
      this.#tell(`Error: The broker sent ${MOST_UNANSWERED} messages before it acknowledged a dead letter.`);
      this.#hooks.givenUp();
    }
    return true;
  }

  /** The outcome of a publish. False: it was not of a dead letter. */
  published({ token, code, reason }: Extract<SessionEvent, { type: 'published' }>): boolean {
    const problem = isRefusal(code) ? (reason ?? reasonText(code)) : undefined;
    return this.#deadLetters?.published(token, problem) === true;
  }

  /** Messages were received that nobody will ever see: not even the server has them. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Starts nothing more. What runs may end; what waits stays unacknowledged. */
  stop(): void {
    this.#stopped = true;
    const lost = [...this.#waiting].filter((job) => this.#isLost(job)).length;
    this.#waiting.clear();
    if (lost > 0) {
      this.#hasLost = true;
      const what = lost === 1 ? '1 message is' : `${lost} messages are`;
      this.#tell(`Warning: ${what} lost: received, and no command was started (-q 1 -c -i ID keeps such messages).`);
    }
    for (const wake of this.#sleepers) wake();
  }

  /** No acknowledgement of a dead letter is waited for any more: there is no connection, or none came in time. */
  disconnected(): void {
    this.stop();
    this.#deadLetters?.abandon();
  }

  /** Asks what runs to end, and does not wait for it. */
  terminate(): void {
    for (const run of this.#runs) run.signal('SIGTERM');
  }

  /** Standard output has room again, or takes nothing ever again. */
  outputRoom(): void {
    for (const run of this.#runs) run.setReading(true);
  }

  /** Resolves when no command runs; dead letters may still wait for their acknowledgement. */
  async ended(): Promise<void> {
    for (const { outcome } of this.#runs) await outcome;
  }

  /** Resolves when all that was begun is done. */
  idle(): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#untilIdle.push(resolve));
  }

  #next(): void {
    while (!this.#stopped && this.#busy < this.#exec.workers) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#busy++;
      void this.#work(job);
    }
  }

  async #work(job: Job): Promise<void> {
    const isHandled = (await this.#handle(job)) === 'handled';
    this.#busy--;
    if (isHandled) this.#hooks.handled(job.packet, job.delivery);
    this.#next();
    if (this.#busy === 0) for (const resolve of this.#untilIdle.splice(0)) resolve();
    if (!this.isFull) this.#hooks.room();
  }

  /** `left`: it ends before the message is handled, and the server is to send it again. */
  async #handle(job: Job): Promise<'handled' | 'left'> {
    const { retries } = this.#exec;
    const what = about(job.packet);
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#run(job, attempt);
      if (problem === undefined) return 'handled';
      const left = retries + 1 - attempt;
      if (left <= 0) return this.#giveUp(job, `${what} failed (${problem})${attempt > 1 ? ` ${attempt} times` : ''}`);
      const wait = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
      this.#tell(`Warning: ${what} failed (${problem}); ${left} more to try, the next in ${wait / 1000} s.`);
      if (!this.#stopped) await this.#sleep(wait);
      if (this.#stopped) {
        this.#tell(`Warning: ${what} was not tried again; ${this.#fate(job)}.`);
        // It has failed, and nobody can say that it would not have failed for good.
        this.#hooks.givenUp();
        return 'left';
      }
    }
  }

  async #run({ packet, command }: Job, attempt: number): Promise<string | undefined> {
    const env = { ...this.#env, ...messageEnvironment(packet, attempt) };
    const missing = leftOut(env);
    if (missing.length > 0 && attempt === 1)
      this.#tell(`Warning: too long for the environment of ${about(packet)}: ${missing.join(', ')}.`);
    const run = runCommand(
      { command, env, stdin: packet.payload },
      {
        start: this.#start,
        clock: this.#io.clock,
        timeout: this.#exec.timeout,
        stdout: (lines) => this.#print(lines),
        stderr: (lines) => this.#io.stderr(lines),
      },
    );
    this.#runs.add(run);
    const problem = await run.outcome;
    this.#runs.delete(run);
    return problem;
  }

  async #giveUp(job: Job, what: string): Promise<'handled' | 'left'> {
    const problem = await this.#deadLetters?.put(job.packet, job.at);
    if (this.#deadLetters !== undefined && problem === undefined) {
      this.#tell(`Warning: ${what}; the message is in the dead letters.`);
      return 'handled';
    }
    const instead = problem === undefined ? '' : `, and cannot be put into the dead letters (${problem})`;
    this.#tell(`Error: ${what}${instead}; ${this.#fate(job)}.`);
    this.#hooks.givenUp();
    return 'left';
  }

  /** Whether a message that is not acknowledged does not come again. */
  #isLost({ packet }: Job): boolean {
    return packet.qos === 0 || this.#plan.session.clean;
  }

  /** What becomes of a message that is not acknowledged. */
  #fate({ packet }: Job): string {
    if (packet.qos === 0) return 'the message is lost, at QoS 0 the server does not keep it (use -q 1)';
    if (this.#plan.session.clean) return 'the message is lost with the session (-c and -i keep it)';
    return 'the message stays with the server for the next run';
  }

  #print(lines: Uint8Array): void {
    const { output } = this.#hooks;
    output.bytes(lines);
    output.flush();
    if (output.isFull && !output.isBroken) for (const run of this.#runs) run.setReading(false);
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

  #tell(line: string): void {
    say(`${line}\n`, this.#plan, this.#io);
  }
}

/** The bytes of a packet lie in what came from the transport, which is used again. */
function kept(packet: PublishPacket): PublishPacket {
  return { ...packet, payload: ownBytes(packet.payload), properties: ownProperties(packet.properties) };
}

const about = ({ topic }: PublishPacket): string => `the command for "${printable(topic)}"`;
