/** How many messages were received and how many the output has accepted: what that means for `-C` and `--strict-count`. */
import type { SubPlan } from '../../cli/plan/types.ts';

/** Exit status when messages were received, but too few for --strict-count. */
const TOO_FEW = 29;

export class MessageCount {
  readonly #most: number | undefined;
  readonly #isStrict: boolean;
  /** Messages written to the output, or omitted by chance. */
  put = 0;
  /** Those of them that standard output has accepted. */
  taken = 0;

  constructor({ count, strictCount }: Pick<SubPlan, 'count' | 'strictCount'>) {
    this.#most = count;
    this.#isStrict = strictCount;
  }

  /** True when no more messages are to be printed, although some may still wait for the reader. */
  get isFull(): boolean {
    return this.put === this.#most;
  }

  /** True when a run without `-C` has done its work. */
  get isEnough(): boolean {
    return this.isFull || this.#most === undefined;
  }

  /** True when every message that `-C` requests is printed. */
  get isTaken(): boolean {
    return this.taken === this.#most;
  }

  /** Number of messages still in the output. */
  get waiting(): number {
    return this.put - this.taken;
  }

  /** The exit status of an end before the count of -C; `status` when no message arrived. */
  shortOf(status: number): number {
    return this.#isStrict && this.put > 0 ? TOO_FEW : status;
  }

  /** With -C, reports the number of messages, because the exit status is the same for some and for none. */
  soFar(): string {
    return this.#most === undefined || this.put === 0 ? '' : `: ${this.put} of ${this.#most} messages arrived`;
  }
}
