/** The rest. */
import { text } from '../kinds.ts';
import { flag, laterValue, type Option } from '../option.ts';
import { ALL } from './programs.ts';

export const MISC: readonly Option[] = [
  laterValue({
    names: ['-o'],
    programs: ALL,
    group: 'misc',
    placeholder: 'FILE',
    help: 'Read options from FILE instead of the usual one',
    missing: 'Error: -o argument given but no options file specified.',
    kind: text(),
    completion: 'file',
  }),
  flag({
    names: ['--help'],
    programs: ALL,
    group: 'misc',
    help: 'Print this text',
    apply: (settings) => {
      settings.show = 'help';
    },
  }),
  flag({
    names: ['--version'],
    programs: ALL,
    group: 'misc',
    help: 'Print the version',
    apply: (settings) => {
      settings.show = 'version';
    },
  }),
];
