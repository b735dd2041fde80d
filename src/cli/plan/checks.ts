/** What cannot go together, in the order in which the originals look at it once all arguments are read. */
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

/** The session expiry interval in seconds that the options ask for; `-c` alone asks for a session without end. */
export function sessionExpiryOf(settings: Settings): number {
  return settings.sessionExpiry ?? (settings.keepSession ? NEVER_EXPIRES : 0);
}

/** The interval that CONNECT says; 0 is none. */
function connectExpiryOf(settings: Settings): number {
  const given = settings.properties.connect.find(({ name }) => name === 'session-expiry-interval')?.value;
  return typeof given === 'number' ? given : sessionExpiryOf(settings);
}

/**
 * Whether DISCONNECT would give a session an interval that CONNECT had given none: servers end the connection over it
 * [MQTT 5, 3.14.2.2.2], and then it is unknown what became of messages of QoS 0 before it.
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
    complaint: () => usage('Error: Both certfile and keyfile must be provided if one of them is set.'),
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
    complaint: () => usage('Error: You must provide a client id if you are using an infinite session expiry interval.'),
  },
  {
    fails: (settings, program) => !isV5(settings, program) && settings.keepSession && settings.id === undefined,
    complaint: () => usage('Error: You must provide a client id if you are using the -c option.'),
  },
  {
    programs: ['sub'],
    fails: (settings) => settings.topics.length === 0 && settings.unsubscribe.length === 0,
    complaint: () => usage('Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U).'),
  },
  {
    // The originals drop such properties silently, or fail much later without a word.
    fails: (settings, program) => !isV5(settings, program) && hasProperties(settings),
    complaint: (settings, program) =>
      usage(`Error: Properties (-D) need MQTT 5, but a later option selects ${versionName(settings, program)}.`),
  },
];

/** Two ways to end a message. */
const NO_LINE_END: Check = {
  fails: ({ nul, newline }) => nul && !newline,
  complaint: () => usage("Error: Combining '-0' and '-N' makes no sense.", { above: 1, helpLine: false }),
};

/** What a program cannot do without, or with. */
const REQUIREMENTS: Readonly<Record<ProgramId, readonly Check[]>> = {
  pub: [
    {
      fails: (settings) =>
        settings.spool === undefined &&
        SPOOL.some(({ sets }) => settings[sets] !== undefined && settings[sets] !== false),
      complaint: () => usage('Error: --flush and the --spool-... options need --spool.'),
    },
    {
      fails: ({ flush, source }) => flush && source !== undefined,
      complaint: () => usage('Error: --flush sends what waits, and no message of its own.'),
    },
    {
      // What was not delivered is in the spool.
      fails: ({ spool, unsent, summary }) => spool !== undefined && (unsent !== undefined || summary),
      complaint: () => usage('Error: --unsent and --summary cannot be used with --spool.'),
    },
    {
      // Another one would be another session, and what is in flight at QoS 2 would come twice.
      fails: ({ spool, id, idPrefix }) => spool !== undefined && (id !== undefined || idPrefix !== undefined),
      complaint: () => usage('Error: --spool has a client identifier of its own, so -i and -I cannot be used with it.'),
    },
    {
      fails: ({ topicFromLine, source, jsonLines }) => topicFromLine && (source?.kind !== 'lines' || jsonLines),
      complaint: () => usage('Error: --topic-from-line needs -l.'),
    },
    {
      // It takes lines as fast as the disk does, and sends them when it can.
      fails: ({ spool, replaySpeed }) => spool !== undefined && replaySpeed !== undefined,
      complaint: () => usage('Error: --replay-speed cannot be used with --spool.'),
    },
    {
      fails: ({ topics, source, jsonLines, topicFromLine, flush }) =>
        !flush && (source === undefined || (topics.length === 0 && !jsonLines && !topicFromLine)),
      complaint: ({ source }) =>
        usage('Error: Both topic and message must be supplied.', { helpLine: false }).hinting(
          source === undefined
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
      complaint: () => usage('Error: All of topic, message, and response topic must be supplied.'),
    },
    NO_LINE_END,
  ],
};

/** What the originals find while they open the session. */
const SESSION_CHECKS: readonly Check[] = [
  {
    // -e is one already.
    programs: ['rr'],
    fails: ({ properties }) => properties.publish.some((entry) => entry.name === 'response-topic'),
    complaint: () => runtimeError('Error in PUBLISH properties: Duplicate response topic.'),
  },
  {
    fails: ({ faults }) => (faults.id ?? faults.idPrefix) !== undefined,
    complaint: ({ faults }) => (faults.id ?? faults.idPrefix)!,
  },
  {
    // Without an identifier the session could not be found again; one made by -I is good enough here.
    fails: ({ id, idPrefix, keepSession }) => id === '' || (keepSession && id === undefined && idPrefix === undefined),
    complaint: (_, program) => runtimeError(PROGRAMS[program].invalidId),
  },
  {
    fails: ({ faults }) => faults.username !== undefined,
    complaint: ({ faults }) => faults.username!,
  },
  {
    // A password alone came with MQTT 5 [MQTT-3.1.2-22 of 3.1.1].
    fails: (settings, program) => !isV5(settings, program) && hasPassword(settings) && settings.username === undefined,
    complaint: () => runtimeError('Error: Problem setting username and/or password.'),
  },
];

/** What is often given in place of the name or address of a host, and what to do about it. */
function noHost(host = ''): string | undefined {
  if (/:\/\/|@/.test(host)) return 'a host is a name or an address; a URL, with user and password, is for -L.';
  if (/^[^:]+:\d*$/.test(host)) return `the port of ${host} is for -p, or put all of it into a URL for -L.`;
  if (/^\[.*\]/.test(host)) return `an IPv6 address as a host has no brackets: ${host}`;
  if (/[\s\p{Cc}]/u.test(host))
    return 'the name of the host has a blank or a control character in it: does a line end with CR?';
  return undefined;
}

/** What they find when they begin to connect. */
const CONNECT_CHECKS: readonly Check[] = [
  {
    fails: ({ host, port, localAddress }) => (host === '' && port !== 0) || localAddress === '',
    complaint: () => runtimeError('Unable to connect (Lookup error).'),
  },
  {
    // It is neither looked up nor printed: it may have a password in it.
    fails: ({ host, port }) => port !== 0 && noHost(host) !== undefined,
    complaint: ({ host }) => runtimeError(`Unable to connect (Lookup error).\nHint: ${noHost(host)}`),
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
    // Without -h it is the usual host.
    fails: ({ host, port }) =>
      port === 0 && host !== undefined && (host === '' || Buffer.byteLength(host) > UNIX_PATH_BYTES),
    complaint: () => runtimeError('Unable to connect (Invalid input).'),
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
/** Those of the session, then of TLS, then of the way to the broker. */
export function checkSession(settings: Settings, program: ProgramId): void {
  run(SESSION_CHECKS, settings, program);
  checkTls(settings);
  run(CONNECT_CHECKS, settings, program);
}
