/**
 * A spool: messages that are kept in a folder until they are delivered. Any number of processes add to it, one at a time
 * sends (decision 16).
 */
import { type Acceptance, Appender, type Draft } from './append.ts';
import {
  clientIdOf,
  closeToOthers,
  filing,
  makeClientId,
  openFolder,
  type SpoolSurroundings,
  segmentsIn,
} from './folder.ts';
import { beginJournal, lastCommit, putJournalAside, type Summary } from './journal.ts';
import type { Limits } from './limits.ts';
import { keepReserve } from './reserve.ts';
import { Sender } from './sender.ts';
import { type Look, look, oldestWaiting } from './snapshot.ts';
import { peekTail } from './tail.ts';

export interface Status {
  /** Messages that wait or are in flight. */
  readonly waiting: number;
  /** When the oldest of them was accepted: milliseconds since 1970. */
  readonly oldest: number | undefined;
}

export interface SpoolOptions {
  /** Make the folder, and make a spool of it, when there is none. */
  readonly make: boolean;
  readonly limits?: Limits;
}

/** Makes a spool of the folder. The server knows nothing of a new client identifier, so nothing can be in flight. */
function begin(folder: string, around: SpoolSurroundings): string | undefined {
  putJournalAside(folder, around);
  if (makeClientId(folder, around)) beginJournal(folder, around);
  keepReserve(folder, around);
  return clientIdOf(folder, around);
}

export class Spool {
  readonly folder: string;
  /** The client identifier under which it sends; undefined for a folder that is no spool yet. */
  readonly clientId: string | undefined;
  readonly #around: SpoolSurroundings;
  readonly #appender: Appender;

  /** Throws a Failure when the folder cannot be used. */
  constructor(folder: string, around: SpoolSurroundings, options: SpoolOptions) {
    this.folder = folder;
    this.#around = around;
    openFolder(folder, around, options.make);
    this.clientId = clientIdOf(folder, around) ?? (options.make ? begin(folder, around) : undefined);
    if (this.clientId !== undefined) closeToOthers(folder, around);
    this.#appender = new Appender(folder, around, options.limits ?? {});
  }

  /** They are on the disk when this resolves; rejects with a Failure when none could be kept. */
  accept(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#appender.accept(messages);
  }

  /** The same, and a kill leaves all of them or none. */
  acceptWhole(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#appender.acceptWhole(messages);
  }

  /** Costs the same however many wait. Throws a Failure. */
  status(): Status {
    return filing(`The spool ${this.folder} cannot be read`, () => {
      const { summary, nextId } = this.#ends();
      const waiting = nextId - 1 - summary.total;
      const oldest = waiting > 0 ? oldestWaiting(this.folder, this.#around, summary.base) : undefined;
      return { waiting, oldest };
    });
  }

  /** The identifier of the next message. Throws a Failure. */
  nextId(): number {
    return filing(`The spool ${this.folder} cannot be read`, () => this.#ends().nextId);
  }

  #ends(): { readonly summary: Summary; readonly nextId: number } {
    const summary = lastCommit(this.folder, this.#around, segmentsIn(this.folder, this.#around.fs)[0] ?? 1);
    return { summary, nextId: peekTail(this.folder, this.#around, summary.highest + 1) };
  }

  /** The messages that wait. Throws a Failure. */
  look(): Look {
    return look(this.folder, this.#around);
  }

  /** Undefined when another process sends. Rejects with a Failure. */
  sender(): Promise<Sender | undefined> {
    return Sender.open(this.folder, this.#around);
  }
}
