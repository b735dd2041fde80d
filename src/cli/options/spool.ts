/** Options that store undeliverable messages in a directory. */
import { usage } from '../complaint.ts';
import { age } from '../values/age.ts';
import { integer, type Kind, text } from '../values/kinds.ts';
import { flag, value } from './option.ts';

const positive = (option: string): Kind<number> =>
  integer({ min: 1, bad: () => usage(`Error: ${option} argument must be >0.`) });

const SPOOL_OPTION = { programs: ['pub'], group: 'spool', part: 'spool' } as const;

export const SPOOL = [
  value({
    ...SPOOL_OPTION,
    names: ['--spool'],
    placeholder: 'DIR',
    help: 'Queue undelivered messages in DIR for later runs',
    missing: 'Error: --spool argument given but no directory specified.',
    kind: text({ notEmpty: true, bad: () => usage('Error: --spool needs the name of a directory.') }),
    completion: 'directory',
    sets: 'spool',
  }),
  flag({
    ...SPOOL_OPTION,
    names: ['--flush'],
    help: 'Send only the messages that are queued in the spool',
    sets: 'flush',
  }),
  value({
    ...SPOOL_OPTION,
    names: ['--spool-status'],
    placeholder: 'STATUS',
    help: 'Exit with STATUS if a message is queued, not delivered',
    defaultText: '0',
    kind: integer({ min: 0, max: 255, bad: () => usage('Error: --spool-status argument must be 0 to 255.') }),
    sets: 'spoolStatus',
  }),
  value({
    ...SPOOL_OPTION,
    names: ['--spool-max-bytes'],
    placeholder: 'BYTES',
    help: 'Refuse new messages beyond BYTES on disk',
    missing: 'Error: --spool-max-bytes argument given but no size specified.',
    kind: positive('--spool-max-bytes'),
    sets: 'spoolMaxBytes',
  }),
  value({
    ...SPOOL_OPTION,
    names: ['--spool-max-count'],
    placeholder: 'COUNT',
    help: 'Refuse new messages beyond COUNT in the spool',
    kind: positive('--spool-max-count'),
    sets: 'spoolMaxCount',
  }),
  value({
    ...SPOOL_OPTION,
    names: ['--spool-max-age'],
    placeholder: 'AGE',
    help: 'Refuse new messages if the oldest has waited AGE (2h, 7d)',
    kind: age(),
    sets: 'spoolMaxAge',
  }),
] as const;
