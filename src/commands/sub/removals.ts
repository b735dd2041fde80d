/** `--remove-retained`: an empty retained message replaces each printed one. */
import type { Client } from '../../client/client.ts';
import { FAILURES } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent, Token } from '../../mqtt/session/events.ts';
import type { Run } from '../run.ts';

export class Removals {
  readonly #client: Pick<Client, 'publish'>;
  readonly #run: Run;
  /** Removals that the broker has not acknowledged. */
  readonly #open = new Set<Token>();

  constructor(client: Pick<Client, 'publish'>, run: Run) {
    this.#client = client;
    this.#run = run;
  }

  remove(topic: string): void {
    const payload = new Uint8Array(0);
    this.#open.add(this.#client.publish({ topic, payload, qos: 1, retain: true, properties: [] }));
  }

  /** Handles the outcome of a publish, which may be a removal. */
  published({ token, code, reason }: Extract<SessionEvent, { type: 'published' }>): void {
    if (!this.#open.delete(token) || !isRefusal(code)) return;
    this.#run.warn(`Warning: A retained message was not removed: ${reasonText(code)}.\n${reason ? `${reason}\n` : ''}`);
    this.#run.status ||= code;
  }

  /** True when the broker has still to acknowledge removals. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The time is over. */
  giveUp(): void {
    const { size } = this.#open;
    if (size === 0) return;
    const what = size === 1 ? 'a retained message is' : `${size} retained messages are`;
    this.#run.warn(`Warning: The broker did not acknowledge that ${what} removed.\n`);
    this.#run.status ||= FAILURES['connection-lost'].status;
  }
}
