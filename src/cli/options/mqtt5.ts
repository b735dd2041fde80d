/** Options for MQTT 5 properties. */
import { ALL, type Option } from './option.ts';

export const MQTT5 = [
  {
    names: ['-D', '--property'],
    programs: ALL,
    group: 'mqtt5',
    arity: 'property',
    placeholder: 'COMMAND NAME VALUE',
    help: 'Add MQTT 5 property NAME with VALUE to packet COMMAND',
    also: { version: 5 },
  },
] as const satisfies readonly Option[];
