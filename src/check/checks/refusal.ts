/** What a check says of a broker that refuses a request. */
import { reasonText } from '../../mqtt/reasons.ts';
import type { ProtocolVersion } from '../../mqtt/types.ts';
import type { Reply } from '../link.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { CRITICAL } from '../status.ts';

const ALLOW = 'Allow the topic in the access rules of the broker, or name another one with -t.';

/** By the reason code. */
const ADVICE: Readonly<Record<number, string>> = {
  128: ALLOW,
  135: ALLOW,
  144: 'Name a topic that the broker accepts with -t.',
  155: 'Use a lower -q.',
};

/** MQTT 5 says why; before it the only refusal is 0x80 of SUBACK [MQTT 3.1.1, 3.9.3]. */
export function refused(
  what: string,
  { code, reason }: Reply,
  version: ProtocolVersion,
  metrics: readonly Metric[] = [],
): Verdict {
  const why = version === 5 ? `: ${reasonText(code)} (${code})` : '';
  const own = reason === undefined || reason === '' ? '' : `, "${reason}"`;
  return verdict(CRITICAL, `the broker refused ${what}${why}${own}`, metrics, {
    advice: ADVICE[code],
  });
}
