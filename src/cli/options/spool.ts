/** Messages that cannot be sent now are kept in a folder. */

import { close } from '../complaint.ts';
import { readAge } from '../values/age.ts';
import { integer, type Kind, text } from '../values/kinds.ts';
import { flag, type Option, value } from './option.ts';

function age(option: string): Kind<number> {
  return {
    type: 'text',
    read(word) {
      const found = readAge(word.text);
      if (found === undefined)
        throw close(`Error: ${option} '${word.text}' is not an age: a whole number and s, m, h, d or w, such as 15m.`);
      return found;
    },
  };
}

const positive = (option: string): Kind<number> =>
  integer({ min: 1, bad: () => close(`Error: ${option} argument must be >0.`) });

export const SPOOL: readonly Option[] = [
  value({
    names: ['--spool'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'DIR',
    help: 'Keep it in DIR until delivered; later runs send it first',
    missing: 'Error: --spool argument given but no folder specified.',
    kind: text({ bad: () => close('Error: --spool needs the name of a folder.') }),
    completion: 'directory',
    apply: (settings, folder) => {
      if (folder === '') throw close('Error: --spool needs the name of a folder.');
      settings.spool.folder = folder;
    },
  }),
  flag({
    names: ['--flush'],
    programs: ['pub'],
    group: 'spool',
    help: 'Only send what waits in the spool',
    apply: (settings) => {
      settings.spool.flush = true;
    },
  }),
  value({
    names: ['--spool-status'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'STATUS',
    help: 'Exit status when it is kept and not yet delivered',
    default: '0',
    missing: 'Error: --spool-status argument given but no status specified.',
    kind: integer({ min: 0, max: 255, bad: () => close('Error: --spool-status argument must be 0 to 255.') }),
    apply: (settings, status) => {
      settings.spool.status = status;
    },
  }),
  value({
    names: ['--spool-max-bytes'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'BYTES',
    help: 'Refuse to keep more than this on the disk',
    missing: 'Error: --spool-max-bytes argument given but no size specified.',
    kind: positive('--spool-max-bytes'),
    apply: (settings, bytes) => {
      settings.spool.maxBytes = bytes;
    },
  }),
  value({
    names: ['--spool-max-count'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'COUNT',
    help: 'Refuse to keep more messages than this',
    missing: 'Error: --spool-max-count argument given but no count specified.',
    kind: positive('--spool-max-count'),
    apply: (settings, count) => {
      settings.spool.maxCount = count;
    },
  }),
  value({
    names: ['--spool-max-age'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'AGE',
    help: 'Refuse when the oldest has been kept for longer: 2h, 7d',
    missing: 'Error: --spool-max-age argument given but no age specified.',
    kind: age('--spool-max-age'),
    apply: (settings, maxAge) => {
      settings.spool.maxAge = maxAge;
    },
  }),
];
