/** Which promise gets which response of the broker: each publish, subscribe and unsubscribe resolves or rejects its own. */
import { Failure } from '../errors.ts';
import type { SessionEvent, Token } from '../mqtt/session/events.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';

/** The outcome of a publish, subscribe or unsubscribe. */
export type OutcomeEvent = Extract<SessionEvent, { token: Token }>;

interface Expected {
  readonly what: string;
  /** Whether the request is a message, which is lost without an outcome. */
  readonly isMessage: boolean;
  resolve(event: OutcomeEvent): void;
  reject(reason: unknown): void;
}

export class Answers {
  readonly #expected = new Map<Token, Expected>();

  /** How many responses are pending. */
  get count(): number {
    return this.#expected.size;
  }

  get hasMessages(): boolean {
    return [...this.#expected.values()].some(({ isMessage }) => isMessage);
  }

  /** Resolves with the response; rejects with the reason of the signal or of rejectAll(). `what` names the request in messages. */
  to(token: Token, what: string, isMessage: boolean, signal?: AbortSignalLike): Promise<OutcomeEvent> {
    return new Promise((resolve, reject) => {
      const forget =
        signal === undefined
          ? () => {}
          : onAbort(signal, () => {
              this.#expected.delete(token);
              forget();
              reject(signal.reason);
            });
      this.#expected.set(token, {
        what,
        isMessage,
        resolve: (event) => {
          forget();
          resolve(event);
        },
        reject: (reason) => {
          forget();
          reject(reason);
        },
      });
    });
  }

  came(event: OutcomeEvent): void {
    const expected = this.#expected.get(event.token);
    this.#expected.delete(event.token);
    expected?.resolve(event);
  }

  /** No response can arrive any more. Without a reason, each promise rejects with its own Failure; returns that of a message. */
  rejectAll(reason: unknown): Failure | undefined {
    let lost: Failure | undefined;
    for (const { what, isMessage, reject } of this.#expected.values()) {
      const unanswered = new Failure('not-connected', {
        message: `The connection was ended before ${what} was acknowledged`,
      });
      if (isMessage) lost ??= unanswered;
      reject(reason ?? unanswered);
    }
    this.#expected.clear();
    return lost;
  }
}
