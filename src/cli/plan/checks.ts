/** Which settings exclude each other, in the order in which the Mosquitto clients check them after reading all arguments. */
import type { Property } from '../../mqtt/properties.ts';
import { UNIX_PATH_BYTES } from '../../util/byte-limits.ts';
import { runtimeError, usage } from '../complaint.ts';
import type { Settings } from '../options/settings.ts';
import { SPOOL } from '../options/spool.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { NEVER_EXPIRES } from '../values/kinds.ts';
import { type Check, EXEC_CHECKS } from './exec.ts';
import { checkTls } from './tls-check.ts';

const VERSION_NAMES = { 3: '3.1', 4: '3.1.1', 5: '5' } as const;

/** The MQTT version of the session. */
export function versionOf(settings: Settings, program: ProgramId): 3 | 4 | 5 {
  return settings.version ?? PROGRAMS[program].version;
}

export function versionName(settings: Settings, program: ProgramId): string {
  return `MQTT ${VERSION_NAMES[versionOf(settings, program)]}`;
}

/** The requested session expiry interval in seconds; `-c` alone requests a session without end. */
export function sessionExpiryOf(settings: Settings): number {
  return settings.sessionExpiry ?? (settings.keepSession ? NEVER_EXPIRES : 0);
}

/** The interval in CONNECT; 0 is none. */
function connectExpiryOf(settings: Settings): number {
  const given = settings.properties.connect.find(({ name }) => name === 'session-expiry-interval')?.value;
  return typeof given === 'number' ? given : sessionExpiryOf(settings);
}

/**
 * Whether DISCONNECT would set an interval after CONNECT set none: brokers close the connection for that [MQTT 5,
 * 3.14.2.2.2], and the fate of earlier messages at QoS 0 is unknown.
 */
export function isExpiryTooLate(settings: Settings): boolean {
  return connectExpiryOf(settings) === 0 && settings.properties.disconnect.some(isExpiry);
}

export const isExpiry = ({ name, value }: Property): boolean => name === 'session-expiry-interval' && value !== 0;

const isV5 = (settings: Settings, program: ProgramId): boolean => versionOf(settings, program) === 5;

const hasPassword = ({ password, passwordFile }: Settings): boolean =>
  password !== undefined || passwordFile !== undefined;

const hasProperties = (settings: Settings): boolean =>
  Object.values(settings.properties).some((list) => list.length > 0);

const CHOOSE_ID = 'Add -i ID, with a client ID that no other client uses.';

/** Contradictions on the line. */
const CROSS_CHECKS: readonly Check[] = [
  {
    fails: ({ willPayload, willTopic }) => willPayload !== undefined && willTopic === undefined,
    complaint: () => usage('Error: Will payload given, but no will topic given.'),
  },
  {
    fails: ({ willRetain, willTopic }) => willRetain && willTopic === undefined,
    complaint: () => usage('Error: Will retain given, but no will topic given.'),
  },
  {
    fails: ({ certFile, keyFile }) => (certFile === undefined) !== (keyFile === undefined),
    complaint: ({ certFile }) =>
      usage('Error: Both certfile and keyfile must be provided if one of them is set.').hinting(
        certFile === undefined ? 'Add --cert FILE.' : 'Add --key FILE.',
      ),
  },
  {
    fails: ({ keyForm, keyFile }) => keyForm !== undefined && keyFile === undefined,
    complaint: () => usage('Error: If keyform is set, keyfile must be also specified.'),
  },
  {
    fails: ({ engineKeyPassword, engine, keyForm }) =>
      engineKeyPassword !== undefined && (engine === undefined || keyForm === undefined),
    complaint: () =>
      usage('Error: when using tls-engine-kpass-sha1, both tls-engine and keyform must also be provided.'),
  },
  {
    fails: ({ psk, caFile, caPath }) => psk !== undefined && (caFile !== undefined || caPath !== undefined),
    complaint: () => usage('Error: Only one of --psk or --cafile/--capath may be used at once.'),
  },
  {
    fails: ({ psk, pskIdentity }) => psk !== undefined && pskIdentity === undefined,
    complaint: () => usage('Error: --psk-identity required if --psk used.'),
  },
  {
    fails: (settings, program) =>
      isV5(settings, program) && sessionExpiryOf(settings) === NEVER_EXPIRES && settings.id === undefined,
    complaint: () =>
      usage('Error: You must provide a client id if you are using an infinite session expiry interval.').hinting(
        CHOOSE_ID,
      ),
  },
  {
    fails: (settings, program) => !isV5(settings, program) && settings.keepSession && settings.id === undefined,
    complaint: () => usage('Error: You must provide a client id if you are using the -c option.').hinting(CHOOSE_ID),
  },
  {
    programs: ['sub'],
    fails: (settings) => settings.topics.length === 0 && settings.unsubscribe.length === 0,
    complaint: () =>
      usage('Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U).').hinting(
        "Give a topic: tssub -t TOPIC, or tssub -t '#' for all topics.",
      ),
  },
  {
    // The Mosquitto clients drop such properties silently, or fail much later without a message.
    fails: (settings, program) => !isV5(settings, program) && hasProperties(settings),
    complaint: (settings, program) =>
      usage(`Error: Properties (-D) need MQTT 5, but a later option selects ${versionName(settings, program)}.`),
  },
];

/** Two options for the end of a message. */
const NO_LINE_END: Check = {
  fails: ({ nul, newline }) => nul && !newline,
  complaint: () => usage("Error: Combining '-0' and '-N' makes no sense.", { above: 1, helpLine: false }),
};

/** Required and excluded options of each program. */
const REQUIREMENTS: Readonly<Record<ProgramId, readonly Check[]>> = {
  // What a check needs is in plan/check.ts, which tscheck alone loads.
  check: [],
  pub: [
    {
      fails: (settings) =>
        settings.spool === undefined &&
        SPOOL.some(({ sets }) => settings[sets] !== undefined && settings[sets] !== false),
      complaint: () => usage('Error: --flush and the --spool-... options need --spool.'),
    },
    {
      fails: ({ flush, source }) => flush && source !== undefined,
      complaint: () => usage('Error: --flush sends only what waits in the spool, and takes no message.'),
    },
    {
      // The spool holds every undelivered message.
      fails: ({ spool, unsent, summary }) => spool !== undefined && (unsent !== undefined || summary),
      complaint: () => usage('Error: --unsent and --summary cannot be used with --spool.'),
    },
    {
      // Another client ID would be another session, and QoS 2 messages in flight would be duplicated.
      fails: ({ spool, id, idPrefix }) => spool !== undefined && (id !== undefined || idPrefix !== undefined),
      complaint: () => usage('Error: --spool has its own client ID: -i and -I cannot be used with it.'),
    },
    {
      fails: ({ topicFromLine, source, jsonLines }) => topicFromLine && (source?.kind !== 'lines' || jsonLines),
      complaint: () => usage('Error: --topic-from-line needs -l.'),
    },
    {
      // A spool accepts lines as fast as the disk allows, and sends them when possible.
      fails: ({ spool, replaySpeed }) => spool !== undefined && replaySpeed !== undefined,
      complaint: () => usage('Error: --replay-speed cannot be used with --spool.'),
    },
    {
      fails: ({ topics, source, jsonLines, topicFromLine, flush }) =>
        !flush && (source === undefined || (topics.length === 0 && !jsonLines && !topicFromLine)),
      complaint: ({ source, topics }) =>
        usage('Error: Both topic and message must be supplied.', { helpLine: false }).hinting(
          source === undefined && topics.length === 0
            ? 'Give a topic and a message: tspub -t TOPIC -m TEXT.'
            : source === undefined
              ? 'Give the message with -m TEXT, -f FILE, -s (standard input), -l (its lines) or -n (empty).'
              : 'Give the topic with -t TOPIC.',
        ),
    },
  ],
  sub: [
    NO_LINE_END,
    {
      fails: (settings) => settings.skipRetained && settings.retainedOnly,
      complaint: () =>
        usage("Error: Combining '-R' and '--retained-only' makes no sense.", { above: 1, helpLine: false }),
    },
    {
      fails: ({ ready, readyFd, topics }) => (ready ?? readyFd) !== undefined && topics.length === 0,
      complaint: () => usage('Error: --ready and --ready-fd need -t: they wait for subscriptions.'),
    },
    ...EXEC_CHECKS,
  ],
  rr: [
    {
      fails: ({ topics, source, responseTopic }) =>
        topics.length === 0 || source === undefined || responseTopic === undefined,
      complaint: () =>
        usage('Error: All of topic, message, and response topic must be supplied.').hinting(
          'Give all three: tsrr -t TOPIC -m TEXT -e RESPONSE_TOPIC.',
        ),
    },
    NO_LINE_END,
  ],
};

/** Checks that the Mosquitto clients make when they open the session. */
const SESSION_CHECKS: readonly Check[] = [
  {
    // -e is a topic already.
    programs: ['rr'],
    fails: ({ properties }) => properties.publish.some((entry) => entry.name === 'response-topic'),
    complaint: () => runtimeError('Error in PUBLISH properties: Duplicate response topic.'),
  },
  {
    fails: ({ faults }) => (faults.id ?? faults.idPrefix) !== undefined,
    complaint: ({ faults }) => (faults.id ?? faults.idPrefix)!,
  },
  {
    // Without a client ID the session could not be found again; here one made by -I suffices.
    fails: ({ id, idPrefix, keepSession }) => id === '' || (keepSession && id === undefined && idPrefix === undefined),
    complaint: ({ id }, program) =>
      runtimeError(PROGRAMS[program].invalidId).hinting(
        id === '' ? 'The client ID is empty. Give one with -i, or omit -i.' : CHOOSE_ID,
      ),
  },
  {
    fails: ({ faults }) => faults.username !== undefined,
    complaint: ({ faults }) => faults.username!,
  },
  {
    // Before MQTT 5, a password requires a user name [MQTT-3.1.2-22 of 3.1.1].
    fails: (settings, program) => !isV5(settings, program) && hasPassword(settings) && settings.username === undefined,
    complaint: () =>
      runtimeError('Error: Problem setting username and/or password.').hinting(
        'Add the user name with -u. Before MQTT 5 (-V 5), a password needs one.',
      ),
  },
];

/** The hint for a value that users often give instead of a host name or address. */
function noHost(host = ''): string | undefined {
  if (/:\/\/|@/.test(host)) return 'A host is a name or an address. Use -L for a URL, also with user and password.';
  if (/^[^:]+:\d*$/.test(host)) return `Give the port of '${host}' with -p, or use a URL with -L.`;
  if (/^\[.*\]/.test(host)) return `Write an IPv6 address without brackets: '${host}'.`;
  if (/[\s\p{Cc}]/u.test(host))
    return 'The host name contains a space or a control character, such as the CR of a CRLF line end.';
  return undefined;
}

/** Checks that the Mosquitto clients make when they begin to connect. */
const CONNECT_CHECKS: readonly Check[] = [
  {
    fails: ({ host, port, localAddress }) => (host === '' && port !== 0) || localAddress === '',
    complaint: () => runtimeError('Unable to connect (Lookup error).'),
  },
  {
    // The value is neither looked up nor printed, because it may contain a password.
    fails: ({ host, port }) => port !== 0 && noHost(host) !== undefined,
    complaint: ({ host }) => runtimeError('Unable to connect (Lookup error).').hinting(noHost(host)),
  },
  {
    fails: ({ port, proxy }) => port === 0 && proxy !== undefined,
    complaint: () => usage('Error: --proxy and --unix argument cannot be used together.'),
  },
  {
    fails: ({ port, srv }) => port === 0 && srv,
    complaint: () => usage('Error: -S and --unix argument cannot be used together.'),
  },
  {
    // Without -h, the host is the default.
    fails: ({ host, port }) =>
      port === 0 && host !== undefined && (host === '' || Buffer.byteLength(host) > UNIX_PATH_BYTES),
    complaint: ({ host }) =>
      runtimeError('Unable to connect (Invalid input).').hinting(
        host === '' ? 'The path of the socket is empty.' : `The path of a socket has at most ${UNIX_PATH_BYTES} bytes.`,
      ),
  },
];

function run(checks: readonly Check[], settings: Settings, program: ProgramId): void {
  for (const check of checks) {
    if (check.programs !== undefined && !check.programs.includes(program)) continue;
    if (check.fails(settings, program)) throw check.complaint(settings, program);
  }
}

export const crossCheck = (settings: Settings, program: ProgramId): void => run(CROSS_CHECKS, settings, program);
export const checkRequired = (settings: Settings, program: ProgramId): void =>
  run(REQUIREMENTS[program], settings, program);
/** Checks the session, then TLS, then the way to the broker. */
export function checkSession(settings: Settings, program: ProgramId): void {
  run(SESSION_CHECKS, settings, program);
  checkTls(settings);
  run(CONNECT_CHECKS, settings, program);
}
