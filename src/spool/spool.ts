/**
 * A spool: messages stored in a directory until they are delivered. Any number of processes add to it, and one at a
 * time sends (decision 16).
 */
import { type Acceptance, Appender, type Draft } from './append.ts';
import type { CommitHead } from './commit.ts';
import { SpoolFolder, type SpoolSystem } from './folder.ts';
import { clientIdOf, closeToOthers, makeClientId, openFolder } from './identity.ts';
import { beginJournal, lastCommit, putJournalAside } from './journal.ts';
import type { Limits } from './limits.ts';
import { keepReserve } from './reserve.ts';
import { Sender } from './sender.ts';
import { type Look, look, oldestWaiting } from './snapshot.ts';
import { peekTail } from './tail.ts';

export interface Status {
  /** Number of messages that wait or are in flight. */
  readonly waiting: number;
  /** When the oldest of them was accepted: milliseconds since 1970. */
  readonly oldest: number | undefined;
}

export interface SpoolOptions {
  /** Creates the directory and the spool when there is none. */
  readonly make: boolean;
  readonly limits?: Limits;
}

/** Makes the directory a spool. The broker has no session of a new client ID, so no message can be in flight. */
function begin(folder: SpoolFolder): string | undefined {
  putJournalAside(folder);
  if (makeClientId(folder)) beginJournal(folder);
  keepReserve(folder);
  return clientIdOf(folder);
}

export class Spool {
  /** The client ID with which it sends; undefined for a directory that is not a spool yet. */
  readonly clientId: string | undefined;
  readonly #folder: SpoolFolder;
  readonly #appender: Appender;

  /** Throws a Failure when the directory cannot be used. */
  constructor(path: string, system: SpoolSystem, options: SpoolOptions) {
    const folder = new SpoolFolder(path, system);
    this.#folder = folder;
    openFolder(folder, options.make);
    this.clientId = clientIdOf(folder) ?? (options.make ? begin(folder) : undefined);
    if (this.clientId !== undefined) closeToOthers(folder);
    this.#appender = new Appender(folder, options.limits ?? {});
  }

  /** The path of the directory. */
  get folder(): string {
    return this.#folder.path;
  }

  /** Resolves when the messages are on disk; rejects with a Failure when none could be stored. */
  accept(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#appender.accept(messages, false);
  }

  /** As accept(), and a kill leaves all of the messages or none. */
  acceptWhole(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#appender.accept(messages, true);
  }

  /** The cost does not depend on the number of waiting messages. Throws a Failure. */
  status(): Status {
    return this.#folder.orFail('cannot be read', () => {
      const { head, nextId } = this.#ends();
      const waiting = nextId - 1 - head.total;
      const oldest = waiting > 0 ? oldestWaiting(this.#folder, head.base) : undefined;
      return { waiting, oldest };
    });
  }

  /** The identifier of the next message. Throws a Failure. */
  nextId(): number {
    return this.#folder.orFail('cannot be read', () => this.#ends().nextId);
  }

  #ends(): { readonly head: CommitHead; readonly nextId: number } {
    const head = lastCommit(this.#folder);
    return { head, nextId: peekTail(this.#folder, head.highest + 1) };
  }

  /** Reads the waiting messages. Throws a Failure. */
  look(): Look {
    return look(this.#folder);
  }

  /** Resolves with undefined when another process sends. Rejects with a Failure. */
  sender(): Promise<Sender | undefined> {
    return Sender.open(this.#folder);
  }
}
