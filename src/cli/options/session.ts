/** Options for the client's identity and its state at the broker: -i, -I, -c, -x, -M, -u, -P, --password-file. */
import { LARGEST_PACKET } from '../../util/byte-limits.ts';
import { MAX_INFLIGHT } from '../../util/usual.ts';
import { usage } from '../complaint.ts';
import { integer, MAX_FIELD_BYTES, password, passwordPath, sessionExpiry, text, userName } from '../values/kinds.ts';
import { ALL, CLIENTS, flag, value } from './option.ts';

const bothIds = () => usage('Error: -i and -I argument cannot be used together.', { blankLines: 2 });

const bothPasswords = () => usage('Error: -P and --password-file argument cannot be used together.', { blankLines: 2 });

const MOST_INFLIGHT = 65_535;

const SESSION_OPTION = { programs: ALL, group: 'session', part: 'session' } as const;
const OF_CLIENTS = { ...SESSION_OPTION, programs: CLIENTS } as const;
const CREDENTIAL = { programs: ALL, group: 'credentials', part: 'session' } as const;

/** A smaller machine receives smaller packets: see packetRoom(). */
const EIGHTH = 'one eighth of the system memory';

export const SESSION = [
  value({
    ...SESSION_OPTION,
    names: ['-i', '--id'],
    late: true,
    placeholder: 'ID',
    help: 'Use ID as the client ID',
    defaultText: 'chosen by the broker',
    conflict: { with: ['-I'], complaint: bothIds },
    kind: text({ plain: true, maxBytes: MAX_FIELD_BYTES }),
    sets: 'id',
  }),
  value({
    ...SESSION_OPTION,
    names: ['-I', '--id-prefix'],
    late: true,
    placeholder: 'PREFIX',
    help: 'Use PREFIX and the process ID as the client ID',
    missing: 'Error: -I argument given but no id prefix specified.',
    conflict: { with: ['-i'], complaint: bothIds },
    // Leaves room for the process ID.
    kind: text({ plain: true, maxBytes: MAX_FIELD_BYTES - 20 }),
    sets: 'idPrefix',
  }),
  flag({
    ...OF_CLIENTS,
    names: ['-c', '--disable-clean-session'],
    help: 'Persistent session; needs -i (tssub: see --drain)',
    sets: 'keepSession',
  }),
  value({
    ...OF_CLIENTS,
    names: ['-x'],
    placeholder: 'SECONDS',
    help: 'Keep the session SECONDS after disconnect (-1: forever)',
    defaultText: '0, or forever with -c',
    missing: 'Error: -x argument given but no session expiry interval specified.',
    kind: sessionExpiry(),
    sets: 'sessionExpiry',
    also: { version: 5 },
  }),
  value({
    ...OF_CLIENTS,
    names: ['-M'],
    placeholder: 'COUNT',
    help: 'Keep at most COUNT QoS 1/2 messages unacknowledged',
    default: MAX_INFLIGHT,
    missing: 'Error: -M argument given but max_inflight not specified.',
    kind: integer({
      min: 1,
      max: MOST_INFLIGHT,
      bad: (typed) =>
        Number(typed) > MOST_INFLIGHT
          ? usage(`Error: Maximum inflight messages must not be greater than ${MOST_INFLIGHT}.`, { blankLines: 2 })
          : usage('Error: Maximum inflight messages must be greater than 0.', { blankLines: 2 }),
    }),
    sets: 'maxInflight',
  }),
  value({
    ...SESSION_OPTION,
    names: ['--max-packet-size'],
    placeholder: 'BYTES',
    help: 'Reject packets larger than BYTES',
    defaultText: { pub: 'no limit', sub: EIGHTH, rr: EIGHTH, check: '16777216' },
    missing: 'Error: --max-packet-size argument given but no size specified.',
    kind: integer({
      min: 1,
      max: LARGEST_PACKET,
      bad: () => usage(`Error: --max-packet-size argument must be 1 to ${LARGEST_PACKET}.`, { blankLines: 2 }),
    }),
    sets: 'maxPacketBytes',
  }),
  value({
    ...CREDENTIAL,
    names: ['-u', '--username'],
    late: true,
    placeholder: 'NAME',
    help: 'Log in as the user NAME',
    missing: 'Error: -u argument given but no username specified.',
    kind: userName(),
    sets: 'username',
  }),
  value({
    ...CREDENTIAL,
    names: ['-P', '--pw'],
    placeholder: 'PASSWORD',
    help: 'Log in with PASSWORD; before MQTT 5 it needs -u',
    conflict: { with: ['--password-file'], complaint: bothPasswords },
    kind: password(),
    sets: 'password',
  }),
  value({
    ...CREDENTIAL,
    names: ['--password-file'],
    placeholder: 'PATH',
    help: 'Read the password from the file PATH',
    missing: 'Error: --password-file argument given but no file specified.',
    conflict: { with: ['-P'], complaint: bothPasswords },
    kind: passwordPath(),
    completion: 'file',
    sets: 'passwordFile',
    // Removes the password of a URL.
    also: { password: undefined },
  }),
] as const;
