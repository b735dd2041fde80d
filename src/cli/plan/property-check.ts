/** Whether the properties of a packet can be sent together, checked before connecting. */
import { type Property, type PropertyRow, propertyByName } from '../../mqtt/properties.ts';
import { mayRepeat, valueFault } from '../../mqtt/property-rules.ts';
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

/** Throws a Complaint for a property that occurs twice [MQTT 5, 2.2.2.2] or has a forbidden value. */
export function checkProperties(target: PropertyTarget, properties: readonly Property[]): void {
  const seen = new Set<string>();
  for (const entry of properties) {
    const row = propertyByName(entry.name)!;
    const problem =
      seen.has(row.name) && !mayRepeat(row, target)
        ? 'Duplicate property in property list'
        : forbiddenValue(row, entry);
    if (problem !== undefined) throw usage(`Error in ${PACKET_NAMES[target]} properties: ${problem}`);
    seen.add(row.name);
  }
}

function forbiddenValue(row: PropertyRow, { name, value }: Property): string | undefined {
  const { min = 0, max } = row;
  const wrong = valueFault(row, value);
  if (wrong === 'topic') return `${name} '${value}' must be a topic without '+' and '#'`;
  if (wrong === 'range') return `${name} must be ${max === undefined ? `at least ${min}` : `${min} or ${max}`}`;
  return undefined;
}
