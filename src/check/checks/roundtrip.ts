/** `roundtrip`: a message of ours, published and received over the same connection. */
import type { QoS } from '../../mqtt/types.ts';
import type { Millis } from '../../util/millis.ts';
import { durationText } from '../duration.ts';
import type { BeginCheck } from '../link.ts';
import { judge, reasonOf, type Thresholds } from '../range.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { CRITICAL } from '../status.ts';
import { refused } from './refusal.ts';

export interface RoundtripOptions {
  /** Undefined: `tscheck/CLIENTID`. */
  readonly topic?: string | undefined;
  readonly qos: QoS;
  /** Of the time from PUBLISH to its return or its acknowledgement, whichever is later. */
  readonly thresholds: Thresholds;
}

/** What a health check of MQTT publishes to, when nothing else is asked for. */
export const ownTopic = (clientId: string): string => `tscheck/${clientId.replace(/[+#/]/g, '-')}`;

/** An acknowledgement that is later than the message by no more is not worth words. */
const SOON: Millis = 50;

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const roundtrip =
  ({ topic: asked, qos, thresholds }: RoundtripOptions): BeginCheck =>
  (link, finish) => {
    const topic = asked ?? ownTopic(link.clientId);
    const payload = bytes(`tscheck ${link.token()}`);
    const time: Record<string, Millis> = {};
    let sent: Millis | undefined;
    let returned = false;
    let acknowledged = false;

    /** Until both the message and its acknowledgement are there. */
    const slowest = (): Millis => Math.max(time['return'] ?? 0, time['puback'] ?? 0, time['pubrec'] ?? 0);
    const metrics = (): Metric[] => [
      ...('return' in time ? [{ name: 'time', value: slowest(), unit: 'ms', ...thresholds } as const] : []),
      ...[...link.times, ...Object.entries(time)].map(([name, value]): Metric => ({ name, value, unit: 'ms' })),
    ];
    const judged = (): Verdict => {
      const value = slowest();
      const why = reasonOf(value, thresholds);
      const back = time['return']!;
      const late = value > back + SOON ? `, acknowledged after ${durationText(value)}` : '';
      const took = `a message at QoS ${qos} came back in ${durationText(back)}${late}`;
      const limit = why === '' ? '' : `, ${why} ms`;
      return verdict(judge(value, thresholds), took + limit, metrics());
    };
    const settle = (): void => {
      if (returned && acknowledged) finish(judged());
    };

    const begun = link.now();
    link.subscribe(topic, qos, (answer) => {
      if (answer.code >= 128) return finish(refused(`the subscription to '${topic}'`, answer, link.version, metrics()));
      time['suback'] = link.now() - begun;
      if (answer.code < qos) {
        const granted = `the broker grants QoS ${answer.code}, not QoS ${qos}`;
        return finish(verdict(CRITICAL, granted, metrics(), { advice: `Use -q ${answer.code}.` }));
      }
      sent = link.now();
      link.publish(topic, payload, qos, (outcome) => {
        if (outcome.code >= 128) return finish(refused(`the message on '${topic}'`, outcome, link.version, metrics()));
        acknowledged = true;
        if (qos > 0) time[qos === 1 ? 'puback' : 'pubrec'] = link.now() - sent!;
        settle();
      });
    });
    return {
      message: (packet) => {
        if (returned || sent === undefined || !isSame(packet.payload, payload)) return;
        returned = true;
        time['return'] = link.now() - sent;
        settle();
      },
      expired: () => {
        if (returned) return verdict(CRITICAL, `the broker did not acknowledge the message on '${topic}'`, metrics());
        if (sent === undefined)
          return verdict(CRITICAL, `the broker did not answer the subscription to '${topic}'`, metrics());
        if (qos > 0 && !acknowledged)
          return verdict(CRITICAL, `the broker did not acknowledge the message on '${topic}'`, metrics());
        const silence = `the message on '${topic}' did not come back`;
        const advice =
          link.version === 5
            ? 'Check that the access rules of the broker allow reading and writing this topic.'
            : 'An access rule may forbid the topic: with -V 5 the broker says so.';
        return verdict(CRITICAL, silence, metrics(), { advice });
      },
    };
  };

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
