/**
 * A client and the model broker, joined by a link in memory that delays, splits bytes into any chunks, and breaks at any byte,
 * all in virtual time. SessionPair drives a bare session; dialTo() makes the link look like a connection to a Client.
 */

import { Failure } from '../../src/errors.ts';
import type { SessionEvent } from '../../src/mqtt/session/events.ts';
import type { SessionOptions } from '../../src/mqtt/session/options.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import type { ByteStream, Dial, StreamHandlers } from '../../src/net/byte-stream.ts';
import type { Clock } from '../../src/runtime/io.ts';
import type { Millis } from '../../src/util/millis.ts';
import type { ModelConnection, ModelServer } from './model-server.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface LinkOptions {
  /** Milliseconds in one direction. */
  readonly latency?: Millis;
  /** How many of these bytes arrive as the next chunk. */
  readonly split?: (bytes: number) => number;
  /** The connection breaks after this many bytes in that direction. */
  readonly cutUp?: number;
  readonly cutDown?: number;
}

interface End {
  data(bytes: Uint8Array): void;
  closed(inOrder: boolean): void;
}

/** One connection. `up` is the direction to the broker. */
export class Link {
  readonly #clock: Clock;
  readonly #options: LinkOptions;
  readonly #ends: { readonly up: End; readonly down: End };
  readonly #left: { up: number; down: number };
  readonly #lastAt = { up: 0, down: 0 };
  readonly #ended = { up: false, down: false };
  #broken = false;

  constructor(clock: Clock, options: LinkOptions, client: End, server: End) {
    this.#clock = clock;
    this.#options = options;
    this.#ends = { up: server, down: client };
    this.#left = { up: options.cutUp ?? Infinity, down: options.cutDown ?? Infinity };
  }

  get isOpen(): boolean {
    return !this.#broken;
  }

  send(way: 'up' | 'down', bytes: Uint8Array): void {
    if (this.#broken || this.#ended[way]) return;
    const { split = (n) => n } = this.#options;
    // A copy, because the sender may reuse its block.
    for (let start = 0; start < bytes.length && this.#left[way] > 0; ) {
      const size = Math.min(Math.max(1, split(bytes.length - start)), bytes.length - start, this.#left[way]);
      const chunk = Uint8Array.from(bytes.subarray(start, start + size));
      start += size;
      this.#left[way] -= size;
      this.#deliver(way, () => this.#ends[way].data(chunk));
    }
    if (this.#left[way] <= 0) this.#deliver(way, () => this.cut());
  }

  /** Closes this side cleanly; when both sides are closed, both get the event. */
  end(way: 'up' | 'down'): void {
    if (this.#ended[way]) return;
    this.#ended[way] = true;
    this.#deliver(way, () => this.#ends[way].closed(true));
  }

  /** Breaks at once: bytes in flight are lost, and both sides get the event. */
  cut(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#ends.up.closed(false);
    this.#ends.down.closed(false);
  }

  /** Delivers nothing more. */
  drop(): void {
    this.#broken = true;
  }

  #deliver(way: 'up' | 'down', action: () => void): void {
    const at = Math.max(this.#lastAt[way], this.#clock.now() + (this.#options.latency ?? 0));
    this.#lastAt[way] = at;
    this.#clock.callAt(at, () => {
      if (!this.#broken) action();
    });
  }
}

/** The broker's end of a link: feeds the model and sends its output. */
function serverEnd(
  server: ModelServer,
  link: () => Link,
): { end: End; connection: ModelConnection; flush: () => void } {
  const connection = server.connect();
  const flush = (): void => {
    for (let chunk = connection.takeOutput(); chunk !== undefined; chunk = connection.takeOutput())
      link().send('down', chunk);
    if (connection.closing) link().end('down');
  };
  const gone = (): void => {
    if (server.current === connection) server.current = undefined;
  };
  const end: End = {
    data: (bytes) => {
      connection.receive(bytes);
      flush();
    },
    closed: () => {
      gone();
      link().end('down');
    },
  };
  return { end, connection, flush };
}

export interface SessionPairOptions {
  readonly server: ModelServer;
  readonly session: SessionOptions;
  /** The link of each attempt, counted from 1. */
  readonly link?: (attempt: number) => LinkOptions;
  /** Milliseconds before the next attempt; undefined: there is none. */
  readonly reconnect?: Millis | undefined;
  readonly clock?: VirtualClock;
  event?(event: SessionEvent, pair: SessionPair): void;
}

/** What client.ts does, in the shortest form and without promises. */
export class SessionPair {
  readonly clock: VirtualClock;
  readonly session: Session;
  readonly server: ModelServer;
  readonly events: SessionEvent[] = [];
  attempts = 0;
  link: Link | undefined;
  flushServer: () => void = () => {};
  readonly #options: SessionPairOptions;
  #alarm: (() => void) | undefined;
  #over = false;

  constructor(options: SessionPairOptions) {
    this.#options = options;
    this.clock = options.clock ?? new VirtualClock();
    this.server = options.server;
    this.session = new Session(options.session);
  }

  connect(): this {
    this.attempts++;
    const link: Link = new Link(
      this.clock,
      this.#options.link?.(this.attempts) ?? {},
      {
        data: (bytes) => {
          this.session.receive(bytes, this.clock.now());
          this.pump();
        },
        closed: () => this.#closed(link),
      },
      {
        data: (bytes) => server.end.data(bytes),
        closed: (inOrder) => server.end.closed(inOrder),
      },
    );
    const server = serverEnd(this.server, () => link);
    this.flushServer = server.flush;
    this.link = link;
    this.#over = false;
    this.session.transportOpened(this.clock.now());
    this.pump();
    return this;
  }

  /** Passes on events and sends output until there is none left, and sets the alarm. */
  pump(): void {
    const { session, clock } = this;
    while (session.hasWork) {
      for (let event = session.takeEvent(); event !== undefined; event = session.takeEvent()) {
        this.events.push(event);
        if (event.type === 'failed' || event.type === 'refused' || event.type === 'disconnected') this.#over = true;
        this.#options.event?.(event, this);
      }
      for (let out = session.takeOutput(clock.now()); out !== undefined; out = session.takeOutput(clock.now()))
        this.link?.send('up', out);
    }
    if (this.#over) this.link?.end('up');
    this.#alarm?.();
    const at = session.nextDeadline();
    this.#alarm =
      at === undefined
        ? undefined
        : clock.callAt(at, () => {
            session.tick(clock.now());
            this.pump();
          });
  }

  /** Sends a message from the broker at once. */
  send(topic: string, payload: string, qos: 0 | 1 | 2): void {
    const content = { topic, payload: Buffer.from(payload), qos, retain: false, properties: [] };
    this.server.send(this.session.clientId, content);
    this.flushServer();
  }

  run(until: Millis = Infinity): this {
    this.clock.runTo(until);
    return this;
  }

  #closed(link: Link): void {
    if (this.link !== link) return;
    link.drop();
    if (this.server.current !== undefined) this.server.current = undefined;
    this.link = undefined;
    this.flushServer = () => {};
    this.session.transportClosed();
    this.pump();
    const { reconnect } = this.#options;
    if (reconnect !== undefined) this.clock.callAt(this.clock.now() + reconnect, () => this.connect());
  }
}

/** A connection that a test controls; dialTo() gives one to a Client. */
export class FakeStream implements ByteStream {
  readonly written: Uint8Array[] = [];
  readonly calls: string[] = [];
  /** The result of the next writes. */
  takes = true;
  buffered = 0;
  paused = false;
  destroyed = false;
  taken = 0;
  /** The result of arrived(); undefined: all of it. */
  got: number | undefined;
  readonly handlers: StreamHandlers;
  readonly #held: Uint8Array[] = [];

  constructor(handlers: StreamHandlers) {
    this.handlers = handlers;
  }

  write(bytes: Uint8Array): boolean {
    if (this.destroyed) throw new Error('write after destroy');
    this.written.push(Uint8Array.from(bytes));
    this.taken += bytes.length;
    return this.takes;
  }

  arrived(): number {
    return this.got ?? this.taken;
  }

  /** Without courtesy, the end is reported at once. */
  end(courteous = true): void {
    this.calls.push(courteous ? 'end' : 'end at once');
  }

  destroy(): void {
    if (this.destroyed) return;
    this.calls.push('destroy');
    this.destroyed = true;
    this.handlers.closed(new Failure('connection-lost'));
  }

  pause(): void {
    this.calls.push('pause');
    this.paused = true;
  }

  resume(): void {
    this.calls.push('resume');
    this.paused = false;
    for (const bytes of this.#held.splice(0)) this.feed(bytes);
  }

  /** Bytes from the broker: passed on, or held while reading is paused. */
  feed(bytes: Uint8Array): void {
    if (this.paused) this.#held.push(bytes);
    else this.handlers.data(bytes);
  }

  /** Returns everything written since the last call, as one buffer. */
  take(): Buffer {
    return Buffer.concat(this.written.splice(0));
  }
}

/** Connects a Client to the model broker, over the link of each attempt. `opened` gets each link, to cut it. */
export function dialTo(
  server: ModelServer,
  clock: Clock,
  linkOf: (attempt: number) => LinkOptions = () => ({}),
  opened: (link: Link, flush: () => void) => void = () => {},
): Dial {
  let attempts = 0;
  return (handlers) => {
    let cancelled = false;
    const stream = new Promise<ByteStream>((resolve) => {
      const options = linkOf(++attempts);
      clock.callAt(clock.now() + (options.latency ?? 0), () => {
        if (!cancelled) resolve(linkedStream(server, clock, options, handlers, opened));
      });
    });
    return { opened: stream, cancel: () => (cancelled = true) };
  };
}

function linkedStream(
  server: ModelServer,
  clock: Clock,
  options: LinkOptions,
  handlers: StreamHandlers,
  opened: (link: Link, flush: () => void) => void,
): ByteStream {
  let closed = false;
  let paused = false;
  const held: (() => void)[] = [];
  const inTurn = (action: () => void): void => {
    if (paused) held.push(action);
    else action();
  };
  const close = (failure: Failure | undefined): void => {
    if (closed) return;
    closed = true;
    link.drop();
    handlers.closed(failure);
  };
  const link: Link = new Link(
    clock,
    options,
    {
      data: (bytes) => inTurn(() => handlers.data(bytes)),
      closed: (inOrder) =>
        inOrder ? inTurn(() => close(undefined)) : close(new Failure('connection-lost', { code: 'ECONNRESET' })),
    },
    { data: (bytes) => far.end.data(bytes), closed: (inOrder) => far.end.closed(inOrder) },
  );
  const far = serverEnd(server, () => link);
  opened(link, far.flush);
  return {
    write: (bytes) => {
      link.send('up', bytes);
      return true;
    },
    buffered: 0,
    taken: 0,
    arrived: () => 0,
    end: () => link.end('up'),
    destroy: () => {
      link.cut();
      close(new Failure('connection-lost'));
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      while (!paused && held.length > 0) held.shift()!();
    },
  };
}
