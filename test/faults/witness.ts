// A subscriber that is there all the time, and writes down what comes at the moment it comes.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '../../src/mqtt/session/session.ts';
import type { Subscription } from '../../src/mqtt/types.ts';
import { cleanUp } from '../support/cleanup.ts';

export interface Arrival {
  readonly topic: string;
  readonly qos: number;
  readonly text: string;
}

const EVERYTHING: Subscription = {
  filter: '#',
  qos: 2,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
};

export class Witness {
  readonly arrivals: Arrival[] = [];
  readonly #session = new Session({
    version: 4,
    clientId: 'witness',
    clean: false,
    keepAlive: 0,
    properties: [],
    disconnectProperties: [],
    maxInflight: 20,
    trace: false,
  });
  readonly #port: number;
  #socket: Socket | undefined;
  #subscribed = false;
  #over = false;

  constructor(port: number) {
    this.#port = port;
    cleanUp(() => {
      this.#over = true;
      this.#socket?.destroy();
    });
  }

  /** Resolves when the server has it (again). To be called after each start of the server. */
  async connect(): Promise<void> {
    for (let tries = 0; !(await this.#attempt()); tries++) {
      if (tries === 200 || this.#over) throw new Error('the witness is not let in');
      await sleep(25);
    }
  }

  #attempt(): Promise<boolean> {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true);
    this.#socket = socket;
    return new Promise((resolve) => {
      let stands = false;
      socket.once('connect', () => {
        stands = true;
        this.#session.transportOpened(0);
        this.#turn(socket, resolve);
      });
      socket.on('data', (bytes) => {
        this.#session.receive(bytes, 0);
        this.#turn(socket, resolve);
      });
      socket.on('error', () => {});
      socket.once('close', () => {
        if (stands) this.#session.transportClosed();
        resolve(false);
      });
    });
  }

  #turn(socket: Socket, resolve: (value: boolean) => void): void {
    const session = this.#session;
    for (let event = session.takeEvent(); event !== undefined; event = session.takeEvent()) {
      if (event.type === 'connected' && !this.#subscribed) session.subscribe([EVERYTHING], []);
      if (event.type === 'subscribed') this.#subscribed = true;
      if (event.type === 'subscribed' || (event.type === 'connected' && this.#subscribed)) resolve(true);
      if (event.type !== 'message') continue;
      const { topic, qos, payload } = event.packet;
      this.arrivals.push({ topic, qos, text: Buffer.from(payload).toString() });
      session.acknowledge(event.delivery);
    }
    for (let bytes = session.takeOutput(0); bytes !== undefined; bytes = session.takeOutput(0))
      socket.write(Uint8Array.from(bytes));
  }
}
