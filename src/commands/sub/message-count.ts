/** How many messages came for the output and how many it has taken, and what that means for `-C` and `--strict-count`. */
import type { SubPlan } from '../../cli/plan/types.ts';

/** Some came, and too few for --strict-count. */
const TOO_FEW = 29;

export class MessageCount {
  readonly #most: number | undefined;
  readonly #isStrict: boolean;
  /** Put into the output, or left out by chance. */
  put = 0;
  /** Of those: standard output has taken them. */
  taken = 0;

  constructor({ count, strictCount }: Pick<SubPlan, 'count' | 'strictCount'>) {
    this.#most = count;
    this.#isStrict = strictCount;
  }

  /** Nothing more is to be printed, though what is may still wait for its reader. */
  get isFull(): boolean {
    return this.put === this.#most;
  }

  /** Of a run without `-C`: all that it had to do. */
  get isEnough(): boolean {
    return this.isFull || this.#most === undefined;
  }

  /** Everything that `-C` asks for is printed. */
  get isTaken(): boolean {
    return this.taken === this.#most;
  }

  /** The output still has some. */
  get waiting(): number {
    return this.put - this.taken;
  }

  /** The status of an end before the count of -C, which is `status` when nothing came. */
  shortOf(status: number): number {
    return this.#isStrict && this.put > 0 ? TOO_FEW : status;
  }

  /** With -C, how far it came: the status alone is the same for some and for none. */
  soFar(): string {
    return this.#most === undefined || this.put === 0 ? '' : `: ${this.put} of ${this.#most} messages came`;
  }
}
