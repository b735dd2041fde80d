/** Who we are to the broker and what it keeps for us. */
import { LARGEST_PACKET } from '../../util/byte-limits.ts';
import { wide } from '../complaint.ts';
import { integer, MAX_FIELD_BYTES, password, passwordPath, sessionExpiry, text, userName } from '../values/kinds.ts';
import { flag, lateValue, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

const bothIds = () => wide('Error: -i and -I argument cannot be used together.');

const bothPasswords = () => wide('Error: -P and --password-file argument cannot be used together.');

const MAX_INFLIGHT = 65_535;

export const SESSION: readonly Option[] = [
  lateValue({
    names: ['-i', '--id'],
    fault: 'id',
    programs: ALL,
    group: 'session',
    placeholder: 'ID',
    help: 'Client identifier',
    default: 'chosen by the broker',
    missing: 'Error: -i argument given but no id specified.',
    conflict: { with: ['-I'], complaint: bothIds },
    kind: text({ plain: true, maxBytes: MAX_FIELD_BYTES }),
    apply: (settings, id) => {
      settings.id = id;
    },
  }),
  lateValue({
    names: ['-I', '--id-prefix'],
    fault: 'id',
    programs: ALL,
    group: 'session',
    placeholder: 'PREFIX',
    help: 'Client identifier of PREFIX and the process id',
    missing: 'Error: -I argument given but no id prefix specified.',
    conflict: { with: ['-i'], complaint: bothIds },
    // Room for the process id.
    kind: text({ plain: true, maxBytes: MAX_FIELD_BYTES - 20 }),
    apply: (settings, prefix) => {
      settings.idPrefix = prefix;
    },
  }),
  flag({
    names: ['-c', '--disable-clean-session'],
    programs: ALL,
    group: 'session',
    help: 'Have the broker keep the session; needs -i',
    apply: (settings) => {
      settings.keepSession = true;
    },
  }),
  value({
    names: ['-x'],
    programs: ALL,
    group: 'session',
    placeholder: 'SECONDS',
    help: 'How long it is kept after the end, -1: for ever (MQTT 5)',
    default: '0, with -c for ever',
    missing: 'Error: -x argument given but no session expiry interval specified.',
    kind: sessionExpiry(),
    apply: (settings, interval) => {
      settings.sessionExpiry = interval;
      settings.version = 5;
    },
  }),
  value({
    names: ['-M'],
    programs: ALL,
    group: 'session',
    placeholder: 'COUNT',
    help: 'Most QoS 1 and 2 messages to send unacknowledged',
    default: '20',
    missing: 'Error: -M argument given but max_inflight not specified.',
    kind: integer({
      min: 1,
      max: MAX_INFLIGHT,
      bad: (typed) =>
        Number(typed) > MAX_INFLIGHT
          ? wide(`Error: Maximum inflight messages must not be greater than ${MAX_INFLIGHT}.`)
          : wide('Error: Maximum inflight messages must be greater than 0.'),
    }),
    apply: (settings, count) => {
      settings.maxInflight = count;
    },
  }),
  value({
    names: ['--max-packet-size'],
    programs: ALL,
    group: 'session',
    placeholder: 'BYTES',
    help: 'Reject packets larger than BYTES',
    default: 'an eighth of the memory, at most 268435460; tspub: none',
    missing: 'Error: --max-packet-size argument given but no size specified.',
    kind: integer({
      min: 1,
      max: LARGEST_PACKET,
      bad: () => wide(`Error: --max-packet-size argument must be 1 to ${LARGEST_PACKET}.`),
    }),
    apply: (settings, bytes) => {
      settings.maxPacketBytes = bytes;
    },
  }),
  lateValue({
    names: ['-u', '--username'],
    fault: 'username',
    programs: ALL,
    group: 'credentials',
    placeholder: 'NAME',
    help: 'User name',
    missing: 'Error: -u argument given but no username specified.',
    kind: userName(),
    apply: (settings, username) => {
      settings.username = username;
    },
  }),
  value({
    names: ['-P', '--pw'],
    programs: ALL,
    group: 'credentials',
    placeholder: 'PASSWORD',
    help: 'Password; before MQTT 5 it needs a user name',
    missing: 'Error: -P argument given but no password specified.',
    conflict: { with: ['--password-file'], complaint: bothPasswords },
    kind: password(),
    apply: (settings, secret) => {
      settings.password = secret;
    },
  }),
  value({
    names: ['--password-file'],
    programs: ALL,
    group: 'credentials',
    placeholder: 'PATH',
    help: 'File with the password, which only you can read',
    missing: 'Error: --password-file argument given but no file specified.',
    conflict: { with: ['-P'], complaint: bothPasswords },
    kind: passwordPath(),
    completion: 'file',
    apply: (settings, path) => {
      settings.passwordFile = path;
      // Of a URL.
      delete settings.password;
    },
  }),
];
