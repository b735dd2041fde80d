/** Messages that cannot be sent now are kept in a folder. */
import { usage } from '../complaint.ts';
import { age } from '../values/age.ts';
import { integer, type Kind, text } from '../values/kinds.ts';
import { flag, value } from './option.ts';

const positive = (option: string): Kind<number> =>
  integer({ min: 1, bad: () => usage(`Error: ${option} argument must be >0.`) });

export const SPOOL = [
  value({
    names: ['--spool'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'DIR',
    help: 'Keep it in DIR until delivered; later runs send it first',
    missing: 'Error: --spool argument given but no folder specified.',
    kind: text({ notEmpty: true, bad: () => usage('Error: --spool needs the name of a folder.') }),
    completion: 'directory',
    sets: 'spool',
    part: 'spool',
  }),
  flag({
    names: ['--flush'],
    programs: ['pub'],
    group: 'spool',
    help: 'Only send what waits in the spool',
    sets: 'flush',
    part: 'spool',
  }),
  value({
    names: ['--spool-status'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'STATUS',
    help: 'Exit status when it is kept and not yet delivered',
    defaultText: '0',
    missing: 'Error: --spool-status argument given but no status specified.',
    kind: integer({ min: 0, max: 255, bad: () => usage('Error: --spool-status argument must be 0 to 255.') }),
    sets: 'spoolStatus',
    part: 'spool',
  }),
  value({
    names: ['--spool-max-bytes'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'BYTES',
    help: 'Refuse to keep more than this on the disk',
    missing: 'Error: --spool-max-bytes argument given but no size specified.',
    kind: positive('--spool-max-bytes'),
    sets: 'spoolMaxBytes',
    part: 'spool',
  }),
  value({
    names: ['--spool-max-count'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'COUNT',
    help: 'Refuse to keep more messages than this',
    missing: 'Error: --spool-max-count argument given but no count specified.',
    kind: positive('--spool-max-count'),
    sets: 'spoolMaxCount',
    part: 'spool',
  }),
  value({
    names: ['--spool-max-age'],
    programs: ['pub'],
    group: 'spool',
    placeholder: 'AGE',
    help: 'Refuse when the oldest has been kept for longer: 2h, 7d',
    missing: 'Error: --spool-max-age argument given but no age specified.',
    kind: age(),
    sets: 'spoolMaxAge',
    part: 'spool',
  }),
] as const;
