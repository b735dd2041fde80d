/** What becomes of a message that came: `-R`, `--retained-only`, `-T` and `--random-filter`. */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { TopicTree } from '../../mqtt/topic-tree.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import type { Random } from '../../runtime/io.ts';

/**
 * `put`: it is handed out. `pass`: it is not, and counts all the same. `skip`: it is acknowledged, and nothing else. `end`: it
 * ends the run, and stays with the server.
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
    // A message that chance leaves out counts, as in mosquitto_sub.
    return randomFilter === undefined || random() * 100 < randomFilter ? 'put' : 'pass';
  };
}
