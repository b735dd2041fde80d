/**
 * tspub --spool: stores each message on disk, then sends the waiting messages in order. Exit status 0 means that the
 * message is delivered and acknowledged, or safely on disk.
 */
import type { PubPlan, SpoolPart } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { wallMillis } from '../../runtime/clock.ts';
import type { DiskIo } from '../../runtime/io.ts';
import type { Sender } from '../../spool/sender.ts';
import { Spool } from '../../spool/spool.ts';
import { hintLine } from '../../util/phrases.ts';
import type { BrokerIo } from '../broker/connection.ts';
import { loadWords } from '../broker/explain.ts';
import { wholePayload } from '../input/whole-payload.ts';
import { pub } from '../pub/publisher.ts';
import { Run } from '../run.ts';
import { spoolSystem } from '../spool/io.ts';
import { showSending, type WorkProgress } from '../terminal/progress.ts';
import { Intake, isUnwritable } from './intake.ts';
import { type Delivered, keepTouching, SendLoop } from './send-loop.ts';
import { SpoolSession } from './spool-session.ts';
import { notDelivered, statusOf, waitingIn } from './undelivered.ts';

/** The parts of the system that `tspub --spool` uses. */
export type SpoolingIo = DiskIo & BrokerIo;

export async function pubSpool(plan: PubPlan, part: SpoolPart, io: SpoolingIo): Promise<number> {
  const run = new Run(plan, io);
  let spool: Spool | undefined;
  try {
    const system = { ...spoolSystem(io), interrupted: () => run.signalStatus !== 0 };
    spool = new Spool(part.folder, system, { make: true, limits: part });
    return await new SpoolRun(plan, part, io, run, spool).run();
  } catch (error) {
    const failure = Failure.of(error);
    // Falling back is possible only because no input has been read yet.
    if (spool === undefined && !part.flush && isUnwritable(failure)) return sendDirectly(plan, failure, io, run);
    return await failWithHint(failure, run);
  }
}

/** Sends the message without storing it, because the disk accepts no data. Exit status 0 then means delivered. */
function sendDirectly(plan: PubPlan, problem: Failure, io: BrokerIo, run: Run): Promise<number> {
  const what = plan.source.kind === 'lines' ? 'Standard input' : 'The message';
  run.warn(`Warning: ${problem.message}. ${what} is sent without the spool.\n`);
  return pub({ ...plan, spool: undefined }, io);
}

async function failWithHint(failure: Failure, run: Run): Promise<number> {
  const said = (await loadWords()).worded(failure);
  const status = run.fail(said);
  if (said.advice !== undefined) run.warn(hintLine(said.advice));
  return status;
}

class SpoolRun {
  readonly #plan: PubPlan;
  readonly #part: SpoolPart;
  readonly #io: SpoolingIo;
  readonly #run: Run;
  readonly #spool: Spool;
  readonly #intake: Intake;
  readonly #session: SpoolSession;
  #loop: SendLoop | undefined;
  /** True when there are messages that this version of MQTT cannot send. */
  #unfit = false;
  /** Number of messages that waited when sending began, when progress is shown. */
  #total: number | undefined;
  /** The reason that sending ended, when it is printed. */
  #printed: Failure | undefined;

  constructor(plan: PubPlan, part: SpoolPart, io: SpoolingIo, run: Run, spool: Spool) {
    this.#plan = plan;
    this.#part = part;
    this.#io = io;
    this.#run = run;
    this.#spool = spool;
    this.#intake = new Intake(plan, spool);
    this.#session = new SpoolSession(plan, spool.clientId!, io);
  }

  async run(): Promise<number> {
    const { source } = this.#plan;
    // Before the input is complete there is nothing to end cleanly, so a signal has its default action.
    const payload =
      source.kind === 'lines' || this.#part.flush ? undefined : await wholePayload(source, this.#plan, this.#io);
    // A second signal does not wait for messages in flight: the spool keeps them.
    const stop = (): void => this.#loop?.stop();
    this.#run.onSignal(() => this.#interrupt(), stop, { hangup: true });
    const stopShowing = showSending(this.#plan, this.#io, () => this.#progress());
    try {
      if (this.#part.flush) await this.#deliver();
      else if (payload === undefined)
        await this.#deliver(() => this.#intake.lines(this.#io.stdin, async () => this.#loop?.more()));
      else {
        const status = await this.#one(payload);
        if (status !== undefined) return status;
      }
    } catch (error) {
      return await this.#fail(Failure.of(error));
    } finally {
      stopShowing();
    }
    try {
      return this.#leave();
    } catch (error) {
      // A broken disk stays broken: a failure that is printed already is not printed again, as in #close().
      const failure = Failure.of(error);
      if (failure.message !== this.#printed?.message) throw failure;
      return failure.status;
    }
  }

  /** True when the records of standard input are stored and sent at the same time. */
  get #isStreaming(): boolean {
    return this.#plan.source.kind === 'lines' && !this.#part.flush;
  }

  get #isInterrupted(): boolean {
    return this.#run.signalStatus !== 0;
  }

  #progress(): WorkProgress | undefined {
    const { sent, settled } = this.#loop?.counts ?? { sent: 0, settled: undefined };
    if (this.#isStreaming)
      return { done: this.#intake.own.length, what: 'kept', acknowledged: settled, share: this.#intake.share };
    return sent === 0 ? undefined : { done: sent, what: 'sent', acknowledged: settled, total: this.#total };
  }

  /** Handles a failure to accept all messages; the messages accepted before are stored or sent. */
  async #fail(failure: Failure): Promise<number> {
    const status = await failWithHint(failure, this.#run);
    // A failure about an invalid record names the record itself.
    if (failure.status !== FAILURES['invalid-input'].status) this.#run.warn(this.#intake.takenLine);
    try {
      this.#warnOfKept();
    } catch (error) {
      Failure.of(error);
    }
    return failure.code === 'EINTR' ? this.#run.signalStatus : status;
  }

  /** Resolves with the exit status when the message was sent without storing it. */
  async #one(payload: Uint8Array): Promise<number | undefined> {
    let refusal = await this.#intake.one(payload);
    // Sending the waiting messages may make room.
    if (refusal !== undefined) {
      await this.#deliverFirst();
      refusal = await this.#intake.one(payload);
      const { diskProblem } = this.#intake;
      if (diskProblem !== undefined && this.#printed === undefined && !this.#isInterrupted)
        return this.#goPast(payload, diskProblem);
      if (refusal !== undefined) throw refusal;
    }
    await this.#deliver();
    return undefined;
  }

  /** On a disk that accepts no data, sending the waiting messages may fail too. */
  async #deliverFirst(): Promise<void> {
    try {
      await this.#deliver();
    } catch (error) {
      const failure = Failure.of(error);
      if (!isUnwritable(failure)) throw failure;
    }
  }

  async #goPast(payload: Uint8Array, problem: Failure): Promise<number> {
    const repeat = this.#plan.repeat - this.#intake.own.length;
    const plan: PubPlan = { ...this.#plan, source: { kind: 'bytes', payload }, repeat };
    const status = await sendDirectly(plan, problem, this.#io, this.#run);
    this.#warnOfKept();
    return status;
  }

  /** Sends during `input`, and then what is left. When another process sends, that process sends these messages too. */
  async #deliver(input: () => Promise<void> = async () => {}): Promise<void> {
    let seen = await this.#deliverOnce(input);
    // While this process held the lock, other processes left to it what they added after its last look.
    while (seen !== undefined && !this.#isInterrupted && this.#spool.nextId() > seen)
      seen = await this.#deliverOnce(async () => {});
  }

  /** Resolves with the identifier after the last message seen; undefined when this run should not continue. */
  async #deliverOnce(input: () => Promise<void>): Promise<number | undefined> {
    const sender = await this.#spool.sender();
    if (sender === undefined) {
      await input();
      if (this.#part.flush && this.#spool.status().waiting > 0)
        this.#run.warn('Warning: Another process is sending from this spool.\n');
      return undefined;
    }
    let delivered: Delivered | undefined;
    const stopTouching = keepTouching(sender, this.#io.clock);
    try {
      if (!(await this.#ready(sender)) || this.#isInterrupted) {
        await input();
        return undefined;
      }
      const loop = this.#begin(sender);
      const over = loop.run();
      try {
        await input();
      } finally {
        loop.complete();
        delivered = await over;
      }
      this.#run.status ||= statusOf(delivered, sender, this.#part.flush ? undefined : this.#intake.own);
      if (this.#printEnd(delivered.failure)) await loop.hint();
      for (const line of notDelivered(delivered.unfit.size, sender.expired)) this.#run.warn(line);
      this.#unfit ||= delivered.unfit.size > 0;
      return delivered.failure === undefined ? sender.nextId : undefined;
    } finally {
      this.#loop = undefined;
      stopTouching();
      await this.#close(sender, delivered?.failure);
    }
  }

  #begin(sender: Sender): SendLoop {
    if (this.#io.statusLine !== undefined) this.#total = this.#spool.status().waiting;
    this.#loop = new SendLoop(this.#session.planFor(sender.recovery), this.#io, this.#run, sender, this.#isStreaming);
    return this.#loop;
  }

  /** Does not print the same failure twice, since a full disk stays full. */
  async #close(sender: Sender, printed: Failure | undefined): Promise<void> {
    try {
      await sender.close();
    } catch (error) {
      const failure = Failure.of(error);
      if (failure.message !== printed?.message) throw failure;
      this.#run.status ||= failure.status;
    }
  }

  /** Whether the broker can be in the state that the session begins with. */
  async #ready({ recovery }: Sender): Promise<boolean> {
    if (!this.#session.canSend(recovery)) {
      const what = this.#isWarning ? 'Warning' : 'Error';
      this.#run.warn(`${what}: A message in flight has properties, which need MQTT 5 (-V 5); nothing is sent.\n`);
      this.#unfit = true;
      return false;
    }
    if (recovery.mayDuplicate)
      this.#run.warn('Warning: The record of messages in flight is lost, so messages may be duplicated.\n');
    const failure = await this.#session.begin(recovery);
    this.#printEnd(failure);
    return failure === undefined;
  }

  /** Where the spool keeps the message and the exit status is 0, nothing that is printed is an error. */
  get #isWarning(): boolean {
    return !this.#part.flush && !this.#part.status && this.#run.status === 0;
  }

  /** Prints why the sending has ended, unless a signal has ended it. Whether it has. */
  #printEnd(failure: Failure | undefined): boolean {
    if (failure === undefined || this.#isInterrupted) return false;
    if (this.#isWarning) this.#run.warnOf(failure);
    else this.#run.fail(failure);
    this.#printed = failure;
    return true;
  }

  /** Prints how many wait, and returns that. */
  #warnOfKept(): number {
    const { count, line } = waitingIn(this.#spool, this.#part, this.#intake.own, wallMillis(this.#io));
    this.#run.warn(line);
    return count;
  }

  #leave(): number {
    const { status, signalStatus } = this.#run;
    if (this.#isInterrupted) this.#run.warn(this.#intake.takenLine);
    const waiting = this.#warnOfKept();
    if (status !== 0) return status;
    if (this.#isInterrupted) return signalStatus;
    if (this.#part.flush) {
      if (this.#unfit) return FAILURES.file.status;
      if (waiting === 0) return 0;
      // The run had no other task than sending.
      return this.#part.status ?? this.#printed?.status ?? FAILURES.file.status;
    }
    const { ledger } = this.#spool.look();
    return this.#intake.own.some((id) => !ledger.isSettled(id)) ? (this.#part.status ?? 0) : 0;
  }

  #interrupt(): void {
    this.#intake.stop();
    this.#session.stop();
    const loop = this.#loop;
    if (!loop?.isConnected) return loop?.stop();
    loop.complete();
    this.#run.ending.hurry().late(() => loop.stop());
  }
}
