/** `limits`: what CONNACK of MQTT 5 grants, against what the user requires. */
import { type PropertyName, property } from '../../mqtt/properties.ts';
import type { ConnackPacket } from '../../mqtt/types.ts';
import type { BeginCheck } from '../link.ts';
import { type Metric, verdict } from '../result.ts';
import { CRITICAL, OK, UNKNOWN } from '../status.ts';

/** A row for each limit: what it is without the property [MQTT 5, 3.2.2.3]. */
const LIMITS = [
  { name: 'max-qos', property: 'maximum-qos', without: 2 },
  { name: 'retain', property: 'retain-available', without: 1 },
  { name: 'packet-size', property: 'maximum-packet-size', without: 268_435_460 },
  { name: 'receive-maximum', property: 'receive-maximum', without: 65_535 },
  { name: 'topic-aliases', property: 'topic-alias-maximum', without: 0 },
  { name: 'wildcards', property: 'wildcard-subscription-available', without: 1 },
  { name: 'shared', property: 'shared-subscription-available', without: 1 },
  { name: 'subscription-ids', property: 'subscription-identifier-available', without: 1 },
  // Without the property the value that CONNECT asked for counts.
  { name: 'keepalive', property: 'server-keep-alive', without: undefined },
  { name: 'session-expiry', property: 'session-expiry-interval', without: undefined },
  { name: 'assigned-id', property: 'assigned-client-identifier', without: 0 },
] as const satisfies readonly { name: string; property: PropertyName; without: number | undefined }[];

export type LimitName = (typeof LIMITS)[number]['name'];

export const LIMIT_NAMES: readonly LimitName[] = LIMITS.map(({ name }) => name);

export interface Requirement {
  readonly name: LimitName;
  readonly operator: '=' | '>=' | '<=' | '>' | '<';
  readonly value: number;
}

const WORDS: Readonly<Record<string, number>> = { yes: 1, no: 0, true: 1, false: 0 };

/** One requirement, such as `max-qos=2`, `retain=yes` or `packet-size>=1000000`; undefined: it is not one. */
export function readRequirement(text: string): Requirement | undefined {
  const [, word, operator, amount = ''] = /^([a-z-]+)(>=|<=|=|>|<)([\w.]+)$/.exec(text) ?? [];
  const name = LIMIT_NAMES.find((known) => known === word);
  const value = WORDS[amount] ?? (/^\d+$/.test(amount) ? Number(amount) : undefined);
  if (name === undefined || value === undefined) return undefined;
  return { name, operator: operator as Requirement['operator'], value };
}

const HOLDS: Readonly<Record<Requirement['operator'], (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
};

function grantsOf(connack: ConnackPacket, keepAlive: number): Map<LimitName, number> {
  const own: Partial<Record<LimitName, number>> = { keepalive: keepAlive, 'session-expiry': 0 };
  return new Map(
    LIMITS.map(({ name, property: key, without }) => {
      const value = property(connack.properties, key);
      return [name, typeof value === 'number' ? value : value === undefined ? (without ?? own[name] ?? 0) : 1];
    }),
  );
}

export const limits =
  (requirements: readonly Requirement[]): BeginCheck =>
  ({ connack, keepAlive, version }, finish) => {
    const granted = grantsOf(connack, keepAlive);
    const metrics = [...granted].map(
      ([name, value]): Metric => ({ name, value, unit: name === 'packet-size' ? 'B' : '' }),
    );
    const missing = requirements.filter(({ name, operator, value }) => !HOLDS[operator](granted.get(name)!, value));
    const all = [...granted].map(([name, value]) => `${name}=${value}`);
    if (version !== 5) finish(verdict(UNKNOWN, 'only a broker of MQTT 5 says what it grants'));
    else if (missing.length === 0) finish(verdict(OK, `the broker grants ${all.join(', ')}`, metrics));
    else {
      const faults = missing.map(
        ({ name, operator, value }) => `${name} is ${granted.get(name)}, required is ${name}${operator}${value}`,
      );
      finish(verdict(CRITICAL, faults.join('; '), metrics));
    }
    // The verdict is there already.
    return { expired: () => verdict(OK, '') };
  };
