/** Properties. */

import { readProperty, TOO_FEW_WORDS } from '../values/property.ts';
import type { Option } from './option.ts';
import { ALL } from './programs.ts';

export const MQTT5: readonly Option[] = [
  {
    names: ['-D', '--property'],
    programs: ALL,
    group: 'mqtt5',
    arity: 'property',
    placeholder: 'COMMAND NAME VALUE',
    help: 'Add a property to a packet; user-property has 2 VALUEs',
    missing: TOO_FEW_WORDS,
    takeWords: (settings, words) => {
      const { target, property, used } = readProperty(words);
      settings.properties[target].push(property);
      settings.version = 5;
      return used;
    },
  },
];
