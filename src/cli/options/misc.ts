/** Options that belong to no other group: -o, --help, --version, --completion. */
import { usage } from '../complaint.ts';
import { oneOf, text } from '../values/kinds.ts';
import { completionHint, SHELLS } from '../values/shells.ts';
import { ALL, flag, value } from './option.ts';

const READING_OPTION = { programs: ALL, group: 'other', part: 'reading' } as const;

export const MISC = [
  value({
    ...READING_OPTION,
    names: ['-o'],
    placeholder: 'FILE',
    help: 'Read options from FILE, not from the default file',
    missing: 'Error: -o argument given but no options file specified.',
    conflict: { with: ['-o'], complaint: () => usage('Error: Duplicate -o argument given.', { blankLines: 2 }) },
    kind: text(),
    completion: 'file',
    sets: 'optionsFile',
  }),
  flag({
    ...READING_OPTION,
    names: ['--help'],
    help: 'Print help; add OPTION, a topic or all to print more',
    sets: 'show',
    to: 'help',
  }),
  value({
    ...READING_OPTION,
    names: ['--completion'],
    placeholder: 'SHELL',
    help: 'Print a completion script for SHELL: bash, zsh or fish',
    missingHint: completionHint,
    kind: oneOf(SHELLS, (typed) => usage(`Error: No completion for shell '${typed}'.`)),
    sets: 'show',
  }),
  flag({
    ...READING_OPTION,
    names: ['--version'],
    help: 'Print the version and the features of this build',
    sets: 'show',
    to: 'version',
  }),
] as const;
