/** What a check is asked to do, as data: made from a command line or by a program, and handed to what runs it. */
import type { Millis } from '../util/millis.ts';
import { type FreshOptions, fresh, type Memory, type Remembered } from './checks/fresh.ts';
import { limits, type Requirement } from './checks/limits.ts';
import { type RoundtripOptions, roundtrip } from './checks/roundtrip.ts';
import { type SysOptions, sys } from './checks/sys.ts';
import { up } from './checks/up.ts';
import { type ValueOptions, value } from './checks/value.ts';
import type { BeginCheck } from './link.ts';
import type { Thresholds } from './range.ts';

export type ConnectedSpec =
  | {
      readonly kind: 'up';
      readonly thresholds: Thresholds;
      /** How long to try again. */
      readonly wait: Millis;
    }
  | ({ readonly kind: 'roundtrip' } & RoundtripOptions)
  | ({
      readonly kind: 'fresh';
      /** The file that remembers topics from run to run. */
      readonly state?: string | undefined;
    } & Omit<FreshOptions, 'memory' | 'remember'>)
  | ({ readonly kind: 'value' } & ValueOptions)
  | { readonly kind: 'limits'; readonly requirements: readonly Requirement[] }
  | ({ readonly kind: 'sys' } & SysOptions);

/** `cert` ends with the TLS handshake: it opens no MQTT connection. */
export type CheckSpec = ConnectedSpec | { readonly kind: 'cert'; readonly thresholds: Thresholds };

/** Where `fresh` keeps what it is to remember. */
export interface Remembering {
  readonly memory: Memory;
  remember(topics: ReadonlyMap<string, Remembered>): void;
}

export function checkFor(spec: ConnectedSpec, remembering?: Remembering): BeginCheck {
  switch (spec.kind) {
    case 'up':
      return up(spec.thresholds);
    case 'roundtrip':
      return roundtrip(spec);
    case 'fresh':
      return fresh({ ...spec, memory: remembering?.memory, remember: remembering?.remember });
    case 'value':
      return value(spec);
    case 'limits':
      return limits(spec.requirements);
    case 'sys':
      return sys(spec);
  }
}
