/**
 * tspub: sends a message, or each line of standard input, and leaves. Exit status 0 says that every message was
 * acknowledged with success (QoS 1 and 2), or written out before the connection ended in order (QoS 0).
 */

import type { PubPlan } from '../cli/plan-types.ts';
import { FAILURES, Failure } from '../errors.ts';
import { isRefusal, reasonText, type SessionEvent } from '../mqtt/index.ts';
import type { Io, Millis, Source } from '../runtime/io.ts';
import { atMost, type Connection, openConnection, PATIENCE, say, tellFailure } from './connection.ts';
import { LineSplitter, wholePayload } from './input.ts';
import { type Progress, showProgress } from './progress.ts';

/** How long a signal leaves for what is in flight. */
const GRACE: Millis = 3000;

/**
 * Until it is acknowledged a line must outlive the memory it was read into; at QoS 0 it is written at once. Lines longer
 * than what is read at once span several reads, and so have memory of their own.
 */
const COPIED_BYTES = 64 * 1024;

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/** What the server could not take, as it said in CONNACK: text and exit status of Mosquitto. */
const LOCAL_REFUSALS: Readonly<Record<number, { readonly text: string; readonly status: number }>> = {
  155: { text: 'Message QoS not supported on broker, try a lower QoS.', status: FAILURES['qos-not-supported'].status },
  154: {
    text: 'Retained messages are not supported on broker, leave out -r.',
    status: FAILURES['not-supported'].status,
  },
  149: { text: FAILURES['packet-too-large'].text, status: FAILURES['packet-too-large'].status },
};

export async function pub(plan: PubPlan, io: Io): Promise<number> {
  let payload: Uint8Array | undefined;
  try {
    if (plan.source.kind !== 'lines') payload = await wholePayload(plan.source, io);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return tellFailure(error, plan, io);
  }
  return new Publisher(plan, io, payload).run();
}

class Publisher {
  readonly #plan: PubPlan;
  readonly #io: Io;
  /** The one message; undefined with `-l`. */
  readonly #payload: Uint8Array | undefined;
  readonly #connection: Connection;

  #source: Source | undefined;
  #inputBytes = 0;
  #published = 0;
  #settled = 0;
  #inputEnded = false;
  /** The first thing that went wrong, as an exit status. */
  #status = 0;
  #signal = 0;
  /** Set while the input waits for the window to open. */
  #proceed: (() => void) | undefined;
  #started = false;
  #finish: (status: number) => void = () => {};

  constructor(plan: PubPlan, io: Io, payload: Uint8Array | undefined) {
    this.#plan = plan;
    this.#io = io;
    this.#payload = payload;
    // mosquitto_pub comes back only with -l.
    const comesBack = payload === undefined ? 'always' : 'if allowed';
    this.#connection = openConnection(
      plan,
      io,
      comesBack,
      {
        event: (event) => this.#event(event),
        settled: () => this.#resume(),
        interrupted: (failure) => this.#interrupted(failure),
        over: (failure) => void this.#over(failure),
      },
      { written: () => {}, room: () => {}, broken: () => {} },
    );
  }

  run(): Promise<number> {
    const stop = Object.entries(SIGNALS).map(([name, number]) =>
      this.#io.onSignal(name as keyof typeof SIGNALS, () => this.#interrupt(number)),
    );
    // With -d, a line tells of each packet.
    stop.push(showProgress(this.#io, this.#plan.quiet || this.#plan.debug, () => this.#progress()));
    return new Promise<number>((resolve) => {
      this.#finish = resolve;
      this.#connection.client.connect();
    }).finally(() => {
      for (const remove of stop) remove();
    });
  }

  #event(event: SessionEvent): void {
    if (event.type === 'connected') {
      if (event.lost > 0)
        this.#say(
          `Warning: The server lost the session; ${event.lost} messages are sent again and may be duplicated.\n`,
        );
      if (!this.#started) void this.#feed();
      this.#started = true;
    } else if (event.type === 'published') {
      this.#outcome(event);
    } else if (event.type === 'auth') {
      this.#status ||= FAILURES.auth.status;
      this.#say(`Error: ${FAILURES.auth.text}\n`);
      this.#connection.client.end();
    }
  }

  async #feed(): Promise<void> {
    try {
      if (this.#payload === undefined) await this.#feedLines();
      else this.#send(this.#payload);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#status ||= tellFailure(error, this.#plan, this.#io);
    }
    if (this.#payload === undefined || this.#plan.repeat === 1) this.#inputEnded = true;
    this.#leaveWhenDone();
  }

  async #feedLines(): Promise<void> {
    this.#source = this.#io.stdin();
    const lines = new LineSplitter();
    for (
      let chunk = await this.#source.read();
      chunk !== undefined && !this.#signal;
      chunk = await this.#source.read()
    ) {
      lines.push(chunk);
      this.#inputBytes += chunk.length;
      for (let line = lines.next(); line !== undefined; line = lines.next()) {
        if (!this.#connection.client.canPublish(this.#plan.qos)) await this.#window();
        this.#send(this.#plan.qos === 0 || line.length > COPIED_BYTES ? line : Buffer.from(line));
      }
    }
    const rest = lines.rest();
    if (rest === undefined || this.#signal) return;
    if (!this.#connection.client.canPublish(this.#plan.qos)) await this.#window();
    this.#send(rest);
  }

  #progress(): Progress | undefined {
    if (this.#published === 0) return undefined;
    const { qos, repeat } = this.#plan;
    if (this.#payload !== undefined && repeat === 1) return { done: 1, what: 'sent', bytes: this.#payload.length };
    const size = this.#source?.size;
    return {
      done: this.#published,
      what: 'sent',
      acknowledged: qos === 0 ? undefined : this.#settled,
      total: this.#payload === undefined ? undefined : repeat,
      share: size ? this.#inputBytes / size : undefined,
    };
  }

  #send(payload: Uint8Array): void {
    const { topic, qos, retain, properties } = this.#plan;
    this.#published++;
    this.#connection.client.publish({ topic, payload, qos, retain, properties });
  }

  /** Resolves when one more message may go out: the input is read no faster than the server takes it. */
  #window(): Promise<void> {
    return new Promise((resolve) => {
      this.#proceed = resolve;
    });
  }

  #resume(): void {
    if (this.#proceed === undefined || !this.#connection.client.canPublish(this.#plan.qos)) return;
    const proceed = this.#proceed;
    this.#proceed = undefined;
    proceed();
  }

  #outcome(event: Extract<SessionEvent, { type: 'published' }>): void {
    this.#settled++;
    if (isRefusal(event.code)) this.#refused(event);
    if (this.#payload !== undefined && !this.#inputEnded) this.#repeat(this.#payload);
    this.#leaveWhenDone();
  }

  #refused({ packetId, code, reason, local }: Extract<SessionEvent, { type: 'published' }>): void {
    const known = local ? LOCAL_REFUSALS[code] : undefined;
    if (known) {
      this.#status ||= known.status;
      this.#say(`Error: ${known.text}\n`);
    } else {
      // Mosquitto returns 0 here; the promise of this program forbids it, and the reason code is what there is to say.
      this.#status ||= code;
      this.#say(`Warning: Publish ${packetId} failed: ${reasonText(code)}.\n${reason ? `${reason}\n` : ''}`);
    }
  }

  #repeat(payload: Uint8Array): void {
    const { repeat, repeatDelay } = this.#plan;
    if (this.#published >= repeat) this.#inputEnded = true;
    else if (repeatDelay === 0) this.#send(payload);
    else this.#io.clock.callAt(this.#io.clock.now() + repeatDelay, () => this.#send(payload));
  }

  #leaveWhenDone(): void {
    if (this.#inputEnded && this.#settled === this.#published) this.#connection.client.end();
  }

  #interrupted(failure: Failure): void {
    this.#say(`Warning: ${failure.message}; connecting again.\n`);
    if (this.#plan.qos !== 0 || this.#published === 0) return;
    // Nobody can say what became of messages that are not acknowledged, so this cannot end with 0.
    this.#say('Warning: Messages sent at QoS 0 before the connection was lost may not have arrived.\n');
    this.#status ||= FAILURES['connection-lost'].status;
  }

  /** Stops reading and leaves what is in flight a moment to arrive. */
  #interrupt(signal: number): void {
    if (this.#signal) return this.#finish(128 + this.#signal);
    this.#signal = signal;
    const delivered = this.#inputEnded;
    this.#inputEnded = true;
    this.#source?.close();
    this.#proceed = undefined;
    if (!delivered || this.#settled < this.#published) this.#status ||= 128 + signal;
    if (this.#settled === this.#published) this.#connection.client.end();
    this.#io.clock.callAt(this.#io.clock.now() + GRACE, () => this.#finish(128 + signal));
  }

  async #over(failure: Failure | undefined): Promise<void> {
    let status = this.#status;
    const delivered = this.#inputEnded && this.#settled === this.#published && this.#plan.qos > 0;
    if (failure !== undefined && !delivered) {
      status = tellFailure(failure, this.#plan, this.#io);
      if (failure.kind === 'refused') this.#say(`Error: ${this.#refusedAgain(failure)}\n`);
      this.#connection.hint();
    }
    this.#source?.close();
    await atMost(PATIENCE, this.#connection.output.finished(), this.#io.clock);
    this.#finish(status);
  }

  /** mosquitto_pub says a refused CONNACK a second time, in one of two ways. */
  #refusedAgain(failure: Failure): string {
    const plain = this.#payload === undefined || (this.#plan.session.version !== 5 && failure.status <= 5);
    return FAILURES[plain ? 'refused' : 'protocol'].text;
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}
