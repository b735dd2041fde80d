/** Which options have no effect: prints a warning for each and goes on, where the Mosquitto clients print nothing. */
import { PORT, TLS_PORT } from '../../util/usual.ts';
import type { Settings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import type { PropertyTarget } from '../values/property.ts';
import { isExpiryTooLate, versionName, versionOf } from './checks.ts';
import { hasCommands } from './exec.ts';

interface Rule {
  readonly programs?: readonly ProgramId[];
  readonly applies: (settings: Settings, program: ProgramId) => boolean;
  readonly text: (settings: Settings, program: ProgramId) => string;
}

/** `-D` for a packet that the program does not send in this run. */
function unsent(
  target: PropertyTarget,
  reason: string,
  isSent: (settings: Settings, program: ProgramId) => boolean,
): Rule {
  return {
    applies: (settings, program) => settings.properties[target].length > 0 && !isSent(settings, program),
    text: () => `-D ${target} has no effect ${reason}`,
  };
}

const subscribes = (settings: Settings, program: ProgramId): boolean => program !== 'pub' && settings.topics.length > 0;

/** An option that requires MQTT 5. */
function needsV5(option: string, isUsed: (settings: Settings) => boolean): Rule {
  return {
    applies: (settings, program) => isUsed(settings) && versionOf(settings, program) !== 5,
    text: (settings, program) => `${option} has no effect with ${versionName(settings, program)}`,
  };
}

/** Ports that belong to a scheme or to TLS, and need not have been requested. */
const USUAL_PORTS: ReadonlySet<number | undefined> = new Set([undefined, PORT, TLS_PORT]);

/** Options for certificates, which a pre-shared key replaces. */
function notWithPsk(option: string, isUsed: (settings: Settings) => boolean): Rule {
  return {
    applies: (settings) => settings.psk !== undefined && isUsed(settings),
    text: () => `${option} has no effect with --psk`,
  };
}

/** Topics are case-sensitive [MQTT 5, 4.7.3]. Some brokers have their own topics below $sys/. */
const isSmallSys = (filter: string): boolean => /^\$sys(\/(#|\+|broker)|$)/i.test(filter) && !filter.startsWith('$SYS');

/** A level that other systems treat as a wildcard. */
const hasStar = (filter: string): boolean => filter.split('/').includes('*');

/** True for tssub, for -l and for --retry; other runs end with the first failure to connect. */
const retries = ({ retry, source }: Settings, program: ProgramId): boolean =>
  retry !== undefined || program === 'sub' || source?.kind === 'lines';

const RULES: readonly Rule[] = [
  {
    programs: ['pub', 'rr'],
    applies: ({ topics, topicFromLine }) => topics.length > 1 && !topicFromLine,
    text: ({ topics }) => `only the last topic given is used: '${topics.at(-1)}'`,
  },
  {
    applies: ({ willQos, willTopic }) => willQos !== undefined && willTopic === undefined,
    text: () => '--will-qos has no effect without --will-topic',
  },
  unsent('will', 'without --will-topic', ({ willTopic }) => willTopic !== undefined),
  unsent('publish', 'because nothing is published', (_, program) => program !== 'sub'),
  unsent('subscribe', 'because there is nothing to subscribe to', subscribes),
  unsent('unsubscribe', 'because there is nothing to unsubscribe from', ({ unsubscribe }) => unsubscribe.length > 0),
  {
    applies: isExpiryTooLate,
    text: () => '-D disconnect session-expiry-interval has no effect without a persistent session (-x)',
  },
  {
    programs: ['sub'],
    applies: ({ topics }) => topics.some(isSmallSys),
    text: ({ topics }) =>
      `'${topics.find(isSmallSys)}' does not match the $SYS/ topics of Mosquitto: topics are case-sensitive`,
  },
  {
    programs: ['sub'],
    applies: ({ topics }) => topics.some(hasStar),
    text: ({ topics }) => `the * in '${topics.find(hasStar)}' is an ordinary character: the wildcards are + and #`,
  },
  needsV5('-x', ({ sessionExpiry }) => sessionExpiry !== undefined),
  needsV5('--retain-as-published', ({ retainAsPublished }) => retainAsPublished),
  needsV5('--retain-handling', ({ retainHandling }) => retainHandling !== undefined),
  {
    applies: ({ source, repeat, repeatDelay }) =>
      source?.kind === 'lines' && (repeat !== undefined || repeatDelay !== undefined),
    text: ({ jsonLines }) => `--repeat and --repeat-delay have no effect with ${jsonLines ? '--json-lines' : '-l'}`,
  },
  {
    applies: ({ topics, topicFromLine }) => topicFromLine && topics.length > 0,
    text: ({ topics }) => `the topic '${topics.at(-1)}' has no effect with --topic-from-line`,
  },
  {
    applies: ({ ackTimeout, qos = 0, jsonLines, flush }) =>
      ackTimeout !== undefined && qos === 0 && !jsonLines && !flush,
    text: () => '--ack-timeout has no effect at QoS 0, where nothing is acknowledged (use -q 1)',
  },
  {
    applies: ({ delimiter, topicFromLine }) => delimiter !== undefined && !topicFromLine,
    text: () => '--delimiter has no effect without --topic-from-line',
  },
  {
    applies: ({ replaySpeed, jsonLines }) => replaySpeed !== undefined && !jsonLines,
    text: () => '--replay-speed has no effect without --json-lines',
  },
  notWithPsk('--insecure', ({ insecure }) => insecure),
  notWithPsk('--tls-use-os-certs', ({ systemCa }) => systemCa),
  {
    applies: ({ srv, port }) => srv && !USUAL_PORTS.has(port),
    text: ({ port }) => `port ${port} has no effect with -S: the SRV record gives the port`,
  },
  {
    applies: (settings, program) =>
      (settings.retryDelay !== undefined || settings.retryMaxTime !== undefined) && !retries(settings, program),
    text: () => '--retry-delay and --retry-max-time have no effect without --retry',
  },
  {
    programs: ['pub'],
    applies: ({ source, nul }) => nul && source !== undefined && source.kind !== 'lines',
    text: () => '-0 has no effect without -l',
  },
  {
    applies: (settings) => hasCommands(settings) && (settings.qos ?? 0) === 0,
    text: () => 'at QoS 0 the broker keeps no message whose command failed or was killed (use -q 1)',
  },
  {
    // With --exec-file alone, a message without a command is printed.
    applies: ({ exec, verbose, format, newline, nul, pretty }) =>
      exec !== undefined && (verbose || format !== undefined || !newline || nul || pretty),
    text: () => '-v, -F, -N, -0 and --pretty have no effect with --exec',
  },
  {
    applies: ({ messageRate, count }) => messageRate && count !== undefined,
    text: () => '-C has no effect with --message-rate',
  },
  {
    programs: ['sub'],
    applies: ({ topics, unsubscribe, keepSession, exitAfterSubscribe }) =>
      topics.length === 0 && unsubscribe.length > 0 && !keepSession && !exitAfterSubscribe,
    text: () => '-U without -t receives no messages in a new session (use -c -i ID, and -E to exit)',
  },
  {
    applies: ({ drain, keepSession }) => drain && !keepSession,
    text: () => '--drain finds only retained messages without a persistent session (use -c -i ID)',
  },
];

/** The lines to print, without newlines. */
export function warningsFor(settings: Settings, program: ProgramId): readonly string[] {
  return RULES.filter((rule) => rule.programs?.includes(program) !== false && rule.applies(settings, program)).map(
    (rule) => `Warning: ${rule.text(settings, program)}.`,
  );
}
