/** How many messages came for the output and how many it has taken, and what that means for `-C` and `--strict-count`. */
import type { SubPlan } from '../../cli/plan/types.ts';

/** Some came, and too few for --strict-count. */
const TOO_FEW = 29;

export class MessageCount {
  readonly #plan: Pick<SubPlan, 'count' | 'strictCount'>;
  /** Put into the output, or left out by chance. */
  put = 0;
  /** Of those: standard output has taken them. */
  taken = 0;

  constructor(plan: Pick<SubPlan, 'count' | 'strictCount'>) {
    this.#plan = plan;
  }

  /** Nothing more is to be printed, though what is may still wait for its reader. */
  get isFull(): boolean {
    return this.put === this.#plan.count;
  }

  /** Of a run without `-C`: all that it had to do. */
  get isEnough(): boolean {
    return this.isFull || this.#plan.count === undefined;
  }

  /** Everything that `-C` asks for is printed. */
  get isTaken(): boolean {
    return this.taken === this.#plan.count;
  }

  /** The output still has some. */
  get waiting(): number {
    return this.put - this.taken;
  }

  /** The status of an end before the count of -C, which is `status` when nothing came. */
  shortOf(status: number): number {
    return this.#plan.strictCount && this.put > 0 ? TOO_FEW : status;
  }

  /** With -C, how far it came: the status alone does not tell some from none. */
  soFar(): string {
    const { count } = this.#plan;
    return count === undefined || this.put === 0 ? '' : `: ${this.put} of ${count} messages came`;
  }
}
