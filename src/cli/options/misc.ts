/** The rest. */
import { usage } from '../complaint.ts';
import { choice, text } from '../values/kinds.ts';
import { completionHint } from '../values/shells.ts';
import { ALL, flag, value } from './option.ts';

export const MISC = [
  value({
    names: ['-o'],
    programs: ALL,
    group: 'misc',
    placeholder: 'FILE',
    help: 'Read options from FILE instead of the usual one',
    missing: 'Error: -o argument given but no options file specified.',
    conflict: { with: ['-o'], complaint: () => usage('Error: Duplicate -o argument given.', { blankLines: 2 }) },
    kind: text(),
    completion: 'file',
    sets: 'optionsFile',
    part: 'reading',
  }),
  flag({
    names: ['--help'],
    programs: ALL,
    group: 'misc',
    help: 'Print help; before GROUP or all, that part or all of it',
    sets: 'show',
    to: 'help',
    part: 'reading',
  }),
  value({
    names: ['--completion'],
    programs: ALL,
    group: 'misc',
    placeholder: 'SHELL',
    help: 'Print a script that completes options in bash, zsh, fish',
    missing: 'Error: --completion argument given but no shell specified.',
    missingHint: completionHint,
    kind: choice({ bash: 'bash', zsh: 'zsh', fish: 'fish' } as const, (typed) =>
      usage(`Error: No completion for shell '${typed}'.`),
    ),
    sets: 'show',
    part: 'reading',
  }),
  flag({
    names: ['--version'],
    programs: ALL,
    group: 'misc',
    help: 'Print the version, and what this build can do',
    sets: 'show',
    to: 'version',
    part: 'reading',
  }),
] as const;
