/** Options that the Mosquitto clients do not have, in the form of the documented ones. */
import type { DocumentedOption } from './support.ts';

export const OWN_OPTIONS: readonly Pick<DocumentedOption, 'names' | 'commands' | 'arity' | 'missing'>[] = [
  { names: ['-0', '--null'], commands: ['pub', 'sub', 'rr'], arity: 0 },
  { names: ['--summary'], commands: ['pub'], arity: 0 },
  {
    names: ['--unsent'],
    commands: ['pub'],
    arity: 1,
    missing: 'Error: --unsent argument given but no file specified.',
  },
];
