/** How checks that listen begin: they subscribe, then ask for a PINGRESP, which shows that everything retained has arrived. */
import type { QoS } from '../../mqtt/types.ts';
import type { Link } from '../link.ts';
import { type Verdict, verdict } from '../result.ts';
import { CRITICAL } from '../status.ts';
import { refused } from './refusal.ts';

/**
 * `rejected` gets the verdict on a rejected subscription, and `complete` is called once the broker has sent what it retains. Returns the
 * verdict on a broker that has not answered so far; undefined once it has.
 */
export function listenTo(
  link: Link,
  filters: readonly string[],
  qos: QoS,
  { rejected, complete }: { rejected(outcome: Verdict): void; complete(): void },
): () => Verdict | undefined {
  const unanswered = new Set(filters);
  let silence: string | undefined;
  for (const filter of filters)
    link.subscribe(filter, qos, (answer) => {
      if (answer.code >= 128) return rejected(refused(`the subscription to '${filter}'`, answer, link.version));
      unanswered.delete(filter);
      if (unanswered.size > 0) return;
      silence = 'the ping after the subscription';
      link.ping(() => {
        silence = '';
        complete();
      });
    });
  return () => {
    const [first] = unanswered;
    const what = first === undefined ? silence : `the subscription to '${first}'`;
    return what === '' || what === undefined ? undefined : verdict(CRITICAL, `the broker did not answer ${what}`);
  };
}
