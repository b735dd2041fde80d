/** The session of a spool: the broker keeps it between runs; this program discards it when the spool has lost its state. */
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Property } from '../../mqtt/properties.ts';
import type { Recovery } from '../../spool/sender.ts';
import { type BrokerIo, openConnection } from '../broker/connection.ts';
import { authFailure } from './send-loop.ts';

/** Seconds the broker keeps the session by default: a week without a run. */
const SESSION_EXPIRY = 604_800;

export class SpoolSession {
  readonly #plan: PubPlan;
  readonly #io: BrokerIo;
  #stop: (() => void) | undefined;

  /** Uses the client ID of the spool, whatever the plan says. */
  constructor(plan: PubPlan, clientId: string, io: BrokerIo) {
    const { session } = plan;
    const expiry: Property = { name: 'session-expiry-interval', value: SESSION_EXPIRY };
    const asked = session.version !== 5 || session.properties.some(({ name }) => name === expiry.name);
    const properties = asked ? session.properties : [...session.properties, expiry];
    this.#plan = { ...plan, session: { ...session, clientId, clean: false, properties } };
    this.#io = io;
  }

  /** The plan of a run that continues with the messages in flight. */
  planFor({ cleanStart }: Recovery): PubPlan {
    const { session } = this.#plan;
    // MQTT 5 can begin with a clean session and have the broker keep it afterwards.
    return { ...this.#plan, session: { ...session, clean: this.#isV5 && cleanStart } };
  }

  /** Whether this version of MQTT can send every message in flight. */
  canSend({ flights }: Recovery): boolean {
    return this.#isV5 || flights.every(({ released, message }) => released || message.properties.length === 0);
  }

  /** Makes the broker discard the session when necessary; resolves with the failure if that fails. */
  async begin({ cleanStart }: Recovery): Promise<Failure | undefined> {
    return cleanStart && !this.#isV5 ? this.#forget() : undefined;
  }

  /** Stops begin(). */
  stop(): void {
    this.#stop?.();
  }

  get #isV5(): boolean {
    return this.#plan.session.version === 5;
  }

  /** Discards the session over a separate connection. */
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
