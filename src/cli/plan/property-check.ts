/** Whether the properties of one packet can be sent together: found before connecting, not when it is too late to say. */
import { type Property, propertyByName } from '../../mqtt/properties.ts';
import { isTopicName } from '../../mqtt/topic.ts';
import { usage } from '../complaint.ts';
import type { PropertyTarget } from '../values/property.ts';

const PACKET_NAMES: Readonly<Record<PropertyTarget, string>> = {
  connect: 'CONNECT',
  publish: 'PUBLISH',
  subscribe: 'SUBSCRIBE',
  unsubscribe: 'UNSUBSCRIBE',
  disconnect: 'DISCONNECT',
  will: 'Will',
};

/** Throws a Complaint for a property that stands twice [MQTT 5, 2.2.2.2] or has a value that the standard forbids. */
export function checkProperties(target: PropertyTarget, properties: readonly Property[]): void {
  const seen = new Set<string>();
  for (const entry of properties) {
    const row = propertyByName(entry.name)!;
    const problem =
      seen.has(row.name) && row.repeats?.includes(target) !== true
        ? 'Duplicate property in property list'
        : forbiddenValue(entry, row.min ?? 0, row.max);
    if (problem !== undefined) throw usage(`Error in ${PACKET_NAMES[target]} properties: ${problem}`);
    seen.add(row.name);
  }
}

function forbiddenValue(entry: Property, min: number, max: number | undefined): string | undefined {
  if (entry.name === 'response-topic' && !isTopicName(entry.value)) {
    return `response-topic '${entry.value}' must be a topic without '+' and '#'`; // [MQTT-3.3.2-14]
  }
  if (typeof entry.value !== 'number') return undefined;
  if (entry.value >= min && (max === undefined || entry.value <= max)) return undefined;
  return `${entry.name} must be ${max === undefined ? `at least ${min}` : `${min} or ${max}`}`;
}
