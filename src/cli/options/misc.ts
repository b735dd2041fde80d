/** The rest. */
import { close, wide } from '../complaint.ts';
import { choice, text } from '../values/kinds.ts';
import { completionHint } from '../values/shells.ts';
import { flag, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

export const MISC: readonly Option[] = [
  value({
    names: ['-o'],
    programs: ALL,
    group: 'misc',
    placeholder: 'FILE',
    help: 'Read options from FILE instead of the usual one',
    missing: 'Error: -o argument given but no options file specified.',
    conflict: { with: ['-o'], complaint: () => wide('Error: Duplicate -o argument given.') },
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.optionsFile = path;
    },
  }),
  flag({
    names: ['--help'],
    programs: ALL,
    group: 'misc',
    help: 'Print help; before GROUP or all, that part or all of it',
    apply: (settings) => {
      settings.show = 'help';
    },
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
      close(`Error: No completion for shell '${typed}'.`),
    ),
    apply: (settings, shell) => {
      settings.show = 'completion';
      settings.completion = shell;
    },
  }),
  flag({
    names: ['--version'],
    programs: ALL,
    group: 'misc',
    help: 'Print the version, and what this build can do',
    apply: (settings) => {
      settings.show = 'version';
    },
  }),
];
