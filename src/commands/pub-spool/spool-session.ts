/** The session of a spool, which the server keeps from run to run, and forgets when what is in it is not known any more. */
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Property } from '../../mqtt/properties.ts';
import type { Recovery } from '../../spool/sender.ts';
import { type BrokerIo, openConnection } from '../broker/connection.ts';
import { authFailure } from './send-loop.ts';

/** How long the server keeps the session, in seconds, when nothing else was asked for: a week without a run. */
const SESSION_EXPIRY = 604_800;

export class SpoolSession {
  readonly #plan: PubPlan;
  readonly #io: BrokerIo;
  #stop: (() => void) | undefined;

  /** Under the spool's own name, whatever the plan says. */
  constructor(plan: PubPlan, clientId: string, io: BrokerIo) {
    const { session } = plan;
    const expiry: Property = { name: 'session-expiry-interval', value: SESSION_EXPIRY };
    const asked = session.version !== 5 || session.properties.some(({ name }) => name === expiry.name);
    const properties = asked ? session.properties : [...session.properties, expiry];
    this.#plan = { ...plan, session: { ...session, clientId, clean: false, properties } };
    this.#io = io;
  }

  /** The plan of a run that goes on with what is on its way. */
  planFor({ cleanStart }: Recovery): PubPlan {
    const { session } = this.#plan;
    // MQTT 5 can begin clean and have the session kept from then on.
    return { ...this.#plan, session: { ...session, clean: this.#isV5 && cleanStart } };
  }

  /** Whether this version of MQTT has a form for all that is on its way. */
  canSend({ flights }: Recovery): boolean {
    return this.#isV5 || flights.every(({ released, message }) => released || message.properties.length === 0);
  }

  /** Has the server forget the session where it must, and resolves with why it could not. */
  async begin({ cleanStart }: Recovery): Promise<Failure | undefined> {
    return cleanStart && !this.#isV5 ? this.#forget() : undefined;
  }

  /** Gives that up. */
  stop(): void {
    this.#stop?.();
  }

  get #isV5(): boolean {
    return this.#plan.session.version === 5;
  }

  /** By a connection for this alone. */
  #forget(): Promise<Failure | undefined> {
    const session = { ...this.#plan.session, clean: true, will: undefined };
    return new Promise((resolve) => {
      const giveUp = (failure: Failure): void => {
        client.abandon();
        resolve(failure);
      };
      const { client } = openConnection({ ...this.#plan, session }, this.#io, 'never', {
        event: (event) => {
          if (event.type === 'connected') client.end();
          else if (event.type === 'auth') giveUp(authFailure());
        },
        over: resolve,
      });
      this.#stop = () => giveUp(new Failure('connection-lost'));
      client.connect();
    });
  }
}
