/** What tssub does with a received message: `-R`, `--retained-only`, `-T` and `--random-filter`. */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { TopicTree } from '../../mqtt/topic-tree.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import type { Random } from '../../runtime/io.ts';

/**
 * `put`: hands it out. `pass`: does not hand it out, but counts it. `skip`: only acknowledges it. `end`: ends the run
 * and leaves the message with the broker.
 */
export type MessageVerdict = 'put' | 'pass' | 'skip' | 'end';

type Filters = Pick<SubPlan, 'skipRetained' | 'retainedOnly' | 'randomFilter'>;

/** `unwanted`: the filters of -T. */
export function verdictOf(
  { skipRetained, retainedOnly, randomFilter }: Filters,
  unwanted: TopicTree | undefined,
  random: Random,
): (packet: Pick<PublishPacket, 'topic' | 'retain'>) => MessageVerdict {
  return ({ topic, retain }) => {
    if (retainedOnly && !retain) return 'end';
    if ((skipRetained && retain) || unwanted?.matches(topic)) return 'skip';
    // A message omitted by chance counts, as in mosquitto_sub.
    return randomFilter === undefined || random() * 100 < randomFilter ? 'put' : 'pass';
  };
}
