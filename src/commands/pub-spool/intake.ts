/**
 * tspub --spool: keeps each message on the disk first, then sends what waits, in order. Exit status 0 says that the
 * message is delivered and acknowledged, or safely on the disk.
 */
import type { PubPlan, SpoolPart } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import type { PublishContent } from '../../mqtt/packets/publish.ts';
import type { Property } from '../../mqtt/properties.ts';
import type { Draft } from '../../spool/append.ts';
import type { Sender } from '../../spool/sender.ts';
import { Spool } from '../../spool/spool.ts';
import { type BrokerIo, say, tellFailure } from '../broker/connection.ts';
import { loadWords } from '../broker/explain.ts';
import { Ending } from '../ending.ts';
import { type Batches, batchesOf, takenLine } from '../input/batches.ts';
import type { ReadRecord } from '../input/record.ts';
import { recordReader } from '../input/records.ts';
import { wholePayload } from '../input/whole-payload.ts';
import { onSignals } from '../signals.ts';
import { type SpoolIo, spoolSurroundings, wallMillis, withinPacket } from '../spool/io.ts';
import { isTyped, type Progress, showProgress } from '../terminal/progress.ts';
import { isUnwritable, sendDirectly } from './direct.ts';
import { type Delivered, Delivery, forgetSession } from './send-loop.ts';
import { notDelivered, waitingIn } from './undelivered.ts';

/** How long the server keeps the session, in seconds, when nothing else was asked for: a week without a run. */
const SESSION_EXPIRY = 604_800;

/** What `tspub --spool` touches. */
export type SpoolingIo = SpoolIo & BrokerIo;

export async function pubSpool(plan: PubPlan, part: SpoolPart, io: SpoolingIo): Promise<number> {
  let run: SpoolRun | undefined;
  try {
    run = new SpoolRun(plan, part, io);
    return await run.run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Nothing is read yet.
    if (run === undefined && !part.flush && isUnwritable(error)) return sendDirectly(plan, error, io);
    return await tell(error, plan, io);
  }
}

async function tell(failure: Failure, plan: PubPlan, io: SpoolingIo): Promise<number> {
  const said = (await loadWords()).worded(failure);
  const status = tellFailure(said, plan, io);
  if (said.advice !== undefined) say(`Hint: ${said.advice}\n`, plan, io);
  return status;
}

class SpoolRun {
  readonly #plan: PubPlan;
  readonly #part: SpoolPart;
  readonly #io: SpoolingIo;
  readonly #spool: Spool;
  /** Identifiers of the messages of this run. */
  readonly #own: number[] = [];
  #delivery: Delivery | undefined;
  /** There are messages that this version of MQTT cannot send. */
  #unfit = false;
  #stopForgetting = (): void => {};
  #input: Batches | undefined;
  /** Records read, and the number of the last one that is kept; empty ones count. */
  #read = 0;
  #taken = 0;
  /** What waited when the sending began, where that is shown. */
  #total: number | undefined;
  #signal = 0;
  #status = 0;
  /** Why the sending ended, where that was told. */
  #told: Failure | undefined;
  /** The disk takes nothing; set by the last try. */
  #diskProblem: Failure | undefined;
  /** As it was given: without the session of the spool. */
  readonly #given: PubPlan;

  constructor(plan: PubPlan, part: SpoolPart, io: SpoolingIo) {
    this.#given = plan;
    this.#part = part;
    this.#io = io;
    const around = { ...spoolSurroundings(io), interrupted: () => this.#signal !== 0 };
    this.#spool = new Spool(part.folder, around, { make: true, limits: part });
    this.#plan = { ...plan, session: this.#session(plan) };
  }

  async run(): Promise<number> {
    const { source } = this.#plan;
    // Until the input is whole there is nothing to bring to an end: a signal does what it does.
    const payload =
      source.kind === 'lines' || this.#part.flush ? undefined : await wholePayload(source, this.#plan, this.#io);
    onSignals(this.#io, (signal) => this.#interrupt(signal), true);
    const isHidden = this.#plan.quiet || this.#plan.debug || isTyped(this.#plan, this.#io);
    const stopShowing = showProgress(this.#io, isHidden, () => this.#progress());
    try {
      if (this.#part.flush) await this.#deliver(async () => {});
      else if (payload === undefined) await this.#deliver(() => this.#acceptLines());
      else {
        const status = await this.#acceptOne(payload);
        if (status !== undefined) return status;
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return await this.#fail(error);
    } finally {
      stopShowing();
    }
    try {
      return this.#leave();
    } catch (error) {
      // A disk that is broken stays so: as in #close().
      if (!(error instanceof Failure) || error.message !== this.#told?.message) throw error;
      return error.status;
    }
  }

  #progress(): Progress | undefined {
    const { sent, settled } = this.#delivery?.counts ?? { sent: 0, settled: undefined };
    if (this.#plan.source.kind !== 'lines' || this.#part.flush)
      return sent === 0 ? undefined : { done: sent, what: 'sent', acknowledged: settled, total: this.#total };
    return { done: this.#own.length, what: 'kept', acknowledged: settled, share: this.#input?.share };
  }

  /** Not everything was accepted; what was before is kept or sent. */
  async #fail(failure: Failure): Promise<number> {
    const status = await tell(failure, this.#plan, this.#io);
    // What is wrong with a record says which.
    if (failure.status !== FAILURES['invalid-input'].status) this.#tellTaken();
    try {
      this.#tellKept();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
    return failure.code === 'EINTR' ? 128 + this.#signal : status;
  }

  /** The session under the spool's own name, which the server is asked to keep. */
  #session(plan: PubPlan): PubPlan['session'] {
    const { session } = plan;
    const expiry: Property = { name: 'session-expiry-interval', value: SESSION_EXPIRY };
    const asked = session.version !== 5 || session.properties.some(({ name }) => name === expiry.name);
    const properties = asked ? session.properties : [...session.properties, expiry];
    return { ...session, clientId: this.#spool.clientId!, clean: false, properties };
  }

  /** The exit status, when the message went past the spool. */
  async #acceptOne(payload: Uint8Array): Promise<number | undefined> {
    const { topic, qos, retain, properties } = this.#plan;
    const draft = this.#draft({ topic, payload, qos, retain, properties });
    const drafts = Array.from({ length: this.#plan.repeat }, () => draft);
    let refusal = await this.#accept(drafts);
    // Perhaps there is room when what waits has been sent.
    if (refusal !== undefined) {
      await this.#deliverFirst();
      refusal = await this.#accept(drafts.slice(this.#own.length));
      if (this.#diskProblem !== undefined && this.#told === undefined && !this.#signal)
        return this.#goPast(payload, drafts.length - this.#own.length, this.#diskProblem);
      if (refusal !== undefined) throw refusal;
    }
    await this.#deliver(async () => {});
    return undefined;
  }

  /** A disk that takes nothing may not even let this one send. */
  async #deliverFirst(): Promise<void> {
    try {
      await this.#deliver(async () => {});
    } catch (error) {
      if (!(error instanceof Failure) || !isUnwritable(error)) throw error;
    }
  }

  async #goPast(payload: Uint8Array, repeat: number, problem: Failure): Promise<number> {
    const status = await sendDirectly(
      { ...this.#given, source: { kind: 'bytes', payload }, repeat },
      problem,
      this.#io,
    );
    this.#tellKept();
    return status;
  }

  #draft({ topic, payload, qos, retain, properties }: PublishContent): Draft {
    // An alias belongs to a connection.
    const kept = properties.filter(({ name }) => name !== 'topic-alias');
    return withinPacket({ topic, payload, qos, retain, properties: kept });
  }

  async #accept(drafts: readonly Draft[]): Promise<Failure | undefined> {
    this.#diskProblem = undefined;
    if (drafts.length === 0) return undefined;
    try {
      const { ids, refusal } = await this.#spool.accept(drafts);
      this.#own.push(...ids);
      return refusal;
    } catch (error) {
      if (!(error instanceof Failure) || !isUnwritable(error)) throw error;
      this.#diskProblem = error;
      return error;
    }
  }

  /** As fast as the disk takes it: all lines that came together are synced together. */
  async #acceptLines(): Promise<void> {
    const read = await recordReader(this.#plan);
    // It came when there was no input to close yet.
    if (this.#signal) return;
    this.#input = batchesOf(this.#plan, this.#io.stdin);
    for await (const lines of this.#input) await this.#take(lines, read);
  }

  /** What is before a line that says nothing that can be sent is taken, and nothing behind it. */
  async #take(lines: Iterable<Uint8Array>, read: ReadRecord): Promise<void> {
    const drafts: Draft[] = [];
    const numbers: number[] = [];
    const before = this.#own.length;
    let problem: Failure | undefined;
    try {
      for (const line of lines) {
        this.#read++;
        const message = read(line);
        if (message === undefined) continue;
        drafts.push(this.#draft(message));
        numbers.push(this.#read);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problem = error;
    }
    const refusal = await this.#accept(drafts).finally(() => {
      this.#taken = numbers[this.#own.length - before - 1] ?? this.#taken;
    });
    problem = refusal ?? problem;
    await this.#delivery?.more();
    if (problem !== undefined) throw problem;
  }

  /** Sends while `input` goes on, and then what is left. When another process sends, this one leaves it to that. */
  async #deliver(input: () => Promise<void>): Promise<void> {
    let seen = await this.#deliverOnce(input);
    // Others have left to us what they added after our last look, as long as the lock was ours.
    while (seen !== undefined && !this.#signal && this.#spool.nextId() > seen)
      seen = await this.#deliverOnce(async () => {});
  }

  /** The identifier of the message behind the last that was seen; undefined when it is not for this run to go on. */
  async #deliverOnce(input: () => Promise<void>): Promise<number | undefined> {
    const sender = await this.#spool.sender();
    if (sender === undefined) {
      await input();
      if (this.#part.flush && this.#spool.status().waiting > 0)
        this.#say('Warning: Another process is sending from this spool.\n');
      return undefined;
    }
    let delivered: Delivered | undefined;
    try {
      if (!(await this.#ready(sender)) || this.#signal) {
        await input();
        return undefined;
      }
      const streaming = this.#plan.source.kind === 'lines' && !this.#part.flush;
      // MQTT 5 can begin clean and have the session kept from then on.
      const session = { ...this.#plan.session, clean: this.#isV5 && sender.recovery.cleanStart };
      const delivery = new Delivery({ ...this.#plan, session }, this.#io, sender, streaming);
      this.#delivery = delivery;
      if (this.#io.statusLine !== undefined) this.#total = this.#spool.status().waiting;
      delivery.start();
      try {
        await input();
      } finally {
        delivery.complete();
        delivered = await delivery.over;
      }
      if (delivered.failure !== undefined && !this.#signal) {
        tellFailure(delivered.failure, this.#plan, this.#io);
        this.#told = delivered.failure;
        delivery.hint();
      }
      this.#tellOutcome(delivered, sender);
      return delivered.failure === undefined ? sender.nextId : undefined;
    } finally {
      this.#delivery = undefined;
      await this.#close(sender, delivered?.failure);
    }
  }

  /** What was said already is not said again: a disk that is full stays so. */
  async #close(sender: Sender, told: Failure | undefined): Promise<void> {
    try {
      await sender.close();
    } catch (error) {
      if (!(error instanceof Failure) || error.message !== told?.message) throw error;
      this.#status ||= error.status;
    }
  }

  /** Whether the server can be in the state that the session begins with. */
  async #ready({ recovery }: Sender): Promise<boolean> {
    if (!this.#isV5 && recovery.flights.some(({ released, message }) => !released && message.properties.length > 0)) {
      this.#say(`Error: A message that is on its way has properties, which need MQTT 5 (-V 5); nothing is sent.\n`);
      this.#unfit = true;
      return false;
    }
    if (recovery.mayDuplicate)
      this.#say('Warning: What was on its way is not known any more, so messages may be duplicated.\n');
    if (!recovery.cleanStart || this.#isV5) return true;
    const { over, stop } = forgetSession(this.#plan, this.#io);
    this.#stopForgetting = stop;
    const failure = await over;
    if (failure !== undefined && !this.#signal) {
      tellFailure(failure, this.#plan, this.#io);
      this.#told = failure;
    }
    return failure === undefined;
  }

  get #isV5(): boolean {
    return this.#plan.session.version === 5;
  }

  #tellOutcome({ refused, unfit }: Delivered, sender: Sender): void {
    for (const line of notDelivered(unfit.size, sender.expired)) this.#say(line);
    this.#unfit ||= unfit.size > 0;
    const own = new Set(this.#own);
    const isOurs = (id: number): boolean => own.has(id) || this.#part.flush;
    for (const [id, code] of refused) if (isOurs(id)) this.#status ||= code;
    if (sender.missing.some(isOurs)) this.#status ||= FAILURES.file.status;
  }

  /** Where the rest of the input is to be taken up. */
  #tellTaken(): void {
    const { source, nul } = this.#plan;
    if (source.kind !== 'lines' || this.#part.flush || this.#taken === 0) return;
    this.#say(takenLine(this.#taken, nul));
  }

  /** How many wait. */
  #tellKept(): number {
    const { count, line } = waitingIn(this.#spool, this.#part, this.#own, wallMillis(this.#io));
    if (line !== undefined) this.#say(line);
    return count;
  }

  #leave(): number {
    if (this.#signal) this.#tellTaken();
    const waiting = this.#tellKept();
    if (this.#status !== 0) return this.#status;
    if (this.#signal) return 128 + this.#signal;
    if (this.#part.flush && this.#unfit) return FAILURES.file.status;
    if (this.#part.flush) {
      if (waiting === 0) return 0;
      // Sending was all that was asked for.
      return this.#part.status ?? this.#told?.status ?? FAILURES.file.status;
    }
    const { ledger } = this.#spool.look();
    return this.#own.some((id) => !ledger.isSettled(id)) ? (this.#part.status ?? 0) : 0;
  }

  #interrupt(signal: number): void {
    // A second one does not wait for what is on its way: it is kept.
    if (this.#signal !== 0) return this.#delivery?.stop();
    this.#signal = signal;
    this.#input?.stop();
    this.#stopForgetting();
    const delivery = this.#delivery;
    if (delivery === undefined) return;
    if (!delivery.isConnected) return delivery.stop();
    delivery.complete();
    new Ending(this.#io.clock).hurry().late(() => delivery.stop());
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}
