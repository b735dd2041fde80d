/** Who waits for an answer of the server: each publish and (un)subscription resolves or rejects its own promise. */
import { Failure } from '../errors.ts';
import type { SessionEvent, Token } from '../mqtt/session/events.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';

/** What the server answers to a publish, a subscription or the end of one. */
export type OutcomeEvent = Extract<SessionEvent, { token: Token }>;

interface Expected {
  readonly what: string;
  /** Without its outcome something is lost. */
  readonly isMessage: boolean;
  resolve(event: OutcomeEvent): void;
  reject(reason: unknown): void;
}

export class Answers {
  readonly #expected = new Map<Token, Expected>();

  /** How many are waited for. */
  get count(): number {
    return this.#expected.size;
  }

  get hasMessages(): boolean {
    return [...this.#expected.values()].some(({ isMessage }) => isMessage);
  }

  /** Resolves with the answer; rejects with the reason of the signal, or of rejectAll(). `what`: for a message about it. */
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

  /** None will come any more. Without a reason each rejects with its own, and that of the first message is returned. */
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
