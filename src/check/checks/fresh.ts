/** `fresh`: every topic has had a message lately. Names those that have not. */
import { Failure } from '../../errors.ts';
import { matches } from '../../mqtt/topic.ts';
import type { QoS } from '../../mqtt/types.ts';
import type { Millis } from '../../util/millis.ts';
import { durationText } from '../duration.ts';
import { type JsonPath, valueAt } from '../json-path.ts';
import type { BeginCheck } from '../link.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { CRITICAL, OK, UNKNOWN } from '../status.ts';
import { listenTo } from './listening.ts';

/** What earlier runs know of topics (`--state`). Times are milliseconds since 1970. */
export interface Memory {
  readonly topics: ReadonlyMap<string, Remembered>;
}

export interface Remembered {
  /** The last message that was seen to be new. */
  readonly heard?: number | undefined;
  /** The first time that the topic was seen. */
  readonly since: number;
  /** Of the payload that was retained then, so that another one is seen to be newer. */
  readonly digest?: number | undefined;
}

export interface FreshOptions {
  /** At least one. */
  readonly filters: readonly string[];
  readonly qos: QoS;
  readonly olderThan: Millis;
  /** How long to listen at most. */
  readonly listen: Millis;
  /** The fewest topics that there must be. */
  readonly min: number;
  /** Where in the payload its time is. */
  readonly path?: JsonPath | undefined;
  readonly memory?: Memory | undefined;
  /** Takes what is to be remembered. */
  readonly remember?: ((topics: ReadonlyMap<string, Remembered>) => void) | undefined;
}

/** A topic in this run. */
interface Topic extends Remembered {
  /** The last message, by the clock of this run or by the time in its payload. */
  readonly last?: number | undefined;
}

const NAMED = 5;

/** A clock that is ahead by more has no time to trust. */
const FUTURE: Millis = 60_000;

const LISTEN = 'Listen for --older-than (--for), or use --state FILE, or --json PATH if payloads have their time.';
const LOOK_AT_TIMES = 'Compare --json with the payloads, and the clock of their sender with the time.';

export const fresh =
  (options: FreshOptions): BeginCheck =>
  (link, finish) => {
    const { filters, qos, olderThan, listen, min, path, memory, remember } = options;
    const wallTime = (): number => link.wallTime();
    const matching = [...(memory?.topics ?? [])].filter(([topic]) => filters.some((filter) => matches(filter, topic)));
    const topics = new Map<string, Topic>(matching);
    const begun = wallTime();
    let answered = false;
    let stop = (): void => {};

    /** How long ago the last message was, at least; undefined: nothing shows it. */
    const age = ({ last, heard, since }: Topic): Millis | undefined => {
      const known = last ?? heard ?? (memory === undefined ? undefined : since);
      return known === undefined ? undefined : Math.max(0, wallTime() - known);
    };
    const isFresh = (topic: Topic): boolean => (age(topic) ?? Infinity) <= olderThan;
    const done = (outcome: Verdict): void => {
      stop();
      finish(remembered(outcome));
    };
    /** A verdict whose topics cannot be remembered is one that the next run cannot build on. */
    const remembered = (outcome: Verdict): Verdict => {
      try {
        remember?.(topics);
        return outcome;
      } catch (error) {
        return verdict(UNKNOWN, Failure.of(error).message, outcome.metrics);
      }
    };
    const check = (): void => {
      if (answered && topics.size >= min && [...topics.values()].every(isFresh)) done(total());
    };
    const total = (): Verdict => {
      // Without a message in all the time that was listened, a topic is silent for that long.
      const listened = wallTime() - begun;
      const ages = [...topics].map(([topic, row]) => [topic, age(row) ?? listened, age(row)] as const);
      const silent = ages.filter(([, known]) => known > olderThan || (listened >= olderThan && known >= olderThan));
      const undecided = ages.filter(([, known, shown]) => shown === undefined && known < olderThan);
      const metrics: Metric[] = [
        { name: 'topics', value: topics.size, unit: '' },
        { name: 'silent', value: silent.length, unit: '' },
      ];
      if (silent.length > 0) return named(silent, topics.size, metrics);
      if (topics.size < min) {
        const found = topics.size === 0 ? 'no topic' : `${topics.size} of ${min} topics`;
        return verdict(CRITICAL, `${found} found on '${filters.join("', '")}'`, metrics);
      }
      if (undecided.length > 0) {
        const list = undecided.map(([topic]) => topic).sort();
        return verdict(
          UNKNOWN,
          `${path === undefined ? `no message in ${durationText(listened)}` : 'no usable time in the payload'} on ${list.length} of ${topics.size} topics: ${shortList(list)}`,
          metrics,
          { details: list, advice: path === undefined ? LISTEN : LOOK_AT_TIMES },
        );
      }
      const oldest = Math.max(...ages.map(([, known]) => known));
      const all = topics.size === 1 ? '1 topic is' : `all ${topics.size} topics are`;
      const seen = [...topics.values()].filter(({ last, heard }) => last === undefined && heard === undefined).length;
      if (seen > 0) return verdict(OK, `${all} fresh or known for less than ${durationText(olderThan)}`, metrics);
      return verdict(OK, `${all} fresh, the oldest message is ${durationText(oldest)} old`, metrics);
    };

    const silence = listenTo(link, filters, qos, {
      rejected: done,
      complete: () => {
        answered = true;
        if (listen === 0) return done(total());
        stop = link.callAt(link.now() + listen, () => done(total()));
        check();
      },
    });
    return {
      message: ({ topic, payload, retain }) => {
        const known = topics.get(topic);
        const digest = digestOf(payload);
        const now = wallTime();
        const stated = path === undefined ? undefined : timeIn(payload, path, now + FUTURE);
        // With a path, the time in the payload counts alone: a message may be repeated with an old one.
        const isNew = path === undefined && (!retain || (known?.digest !== undefined && known.digest !== digest));
        const last = stated ?? (isNew ? now : known?.last);
        topics.set(topic, {
          since: known?.since ?? now,
          heard: isNew || stated !== undefined ? last : known?.heard,
          digest,
          last,
        });
        check();
      },
      expired: () => silence() ?? remembered(total()),
    };
  };

function named(
  silent: readonly (readonly [topic: string, age: Millis, shown: Millis | undefined])[],
  all: number,
  metrics: readonly Metric[],
): Verdict {
  const oldest = [...silent].sort(([, a], [, b]) => b - a);
  const lines = oldest.map(([topic, age]) => `${topic} (${durationText(age)})`);
  const are = `${silent.length} of ${all} ${all === 1 ? 'topic is' : 'topics are'} silent`;
  return verdict(CRITICAL, `${are}: ${shortList(lines)}`, metrics, { details: lines });
}

const shortList = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');

/** A time in milliseconds since 1970, if it is not after `latest`: from ISO 8601, or from seconds, milliseconds or microseconds since then. */
function timeIn(payload: Uint8Array, path: JsonPath, latest: number): number | undefined {
  const time = statedTime(payload, path);
  return time === undefined || time > latest ? undefined : time;
}

function statedTime(payload: Uint8Array, path: JsonPath): number | undefined {
  let found: unknown;
  try {
    found = valueAt(new TextDecoder().decode(payload), path);
  } catch {
    return undefined;
  }
  const number =
    typeof found === 'number'
      ? found
      : typeof found === 'string' && /^\d+(\.\d+)?$/.test(found)
        ? Number(found)
        : undefined;
  if (number !== undefined) return number > 1e14 ? number / 1000 : number > 1e11 ? number : number * 1000;
  const time = typeof found === 'string' ? Date.parse(found) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** FNV-1a, 32 bits: enough to see that a payload is another one. */
function digestOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
