// Every fault scenario, in the order of the rows of docs/fault-results.md.
import { CONNECTION } from './connection-scenarios.ts';
import { PUBLISHER } from './publisher-scenarios.ts';
import { REQUEST } from './request-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { SUBSCRIBER } from './subscriber-scenarios.ts';

export const SCENARIOS: readonly Scenario[] = [...PUBLISHER, ...SUBSCRIBER, ...CONNECTION, ...REQUEST];
