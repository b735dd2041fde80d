/** Options for where the broker is: -h, -p, -L, --unix, -A, -S, -k (keepalive), -V. Each row has its default. */
import type { ProtocolVersion } from '../../mqtt/types.ts';
import { HOST, KEEP_ALIVE, PORT, TLS_PORT } from '../../util/usual.ts';
import { usage } from '../complaint.ts';
import { choice, integer, mapped, text, topicFilter, topicName } from '../values/kinds.ts';
import { type UrlParts, url } from '../values/url.ts';
import { ALL, flag, several, value } from './option.ts';

const VERSIONS: Readonly<Record<string, ProtocolVersion>> = { mqttv31: 3, 31: 3, mqttv311: 4, 311: 4, mqttv5: 5, 5: 5 };

/** The user name or password in a URL replaces an earlier one; a URL without either keeps it. */
const settingsOf = ({ host, port, tls, webSocket, username, password, topic }: UrlParts) => ({
  host,
  port,
  tlsUrl: tls,
  wsUrl: webSocket,
  ...(topic !== '' && { topics: topic }),
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password, passwordFile: undefined }),
});

/** Shared by a row for each kind of topic. Every `-L` takes effect at its place on the command line. */
const URL = {
  names: ['-L', '--url'],
  group: 'connection',
  placeholder: 'URL',
  help: 'Connect to URL, such as mqtts://USER@HOST:PORT/TOPIC',
  missing: 'Error: -L argument given but no URL specified.',
} as const;

/** Shared by a row for each default, which is in PROGRAMS. */
const VERSION = {
  names: ['-V', '--protocol-version'],
  group: 'connection',
  placeholder: 'VERSION',
  help: 'Use MQTT VERSION: mqttv31, mqttv311 or mqttv5',
  missing: 'Error: --protocol-version argument given but no version specified.',
  kind: choice(VERSIONS, () => usage('Error: Invalid protocol version argument given.', { blankLines: 2 })),
  completion: ['mqttv31', 'mqttv311', 'mqttv5'],
  sets: 'version',
  part: 'session',
} as const;

const TARGET_OPTION = { programs: ALL, group: 'connection', part: 'target' } as const;

export const CONNECTION = [
  value({
    ...TARGET_OPTION,
    names: ['-h', '--host'],
    placeholder: 'HOST',
    help: 'Connect to the broker at HOST',
    default: HOST,
    kind: text(),
    instead: ['--unix'],
    sets: 'host',
  }),
  value({
    ...TARGET_OPTION,
    names: ['-p', '--port'],
    placeholder: 'PORT',
    help: 'Connect to PORT of the broker (0: HOST is a socket path)',
    defaultText: `${PORT}, or ${TLS_PORT} with TLS`,
    brief: { help: 'Port of the broker' },
    kind: integer({
      min: 0,
      max: 65_535,
      bad: (typed) =>
        usage(`Error: Invalid port given: ${typed}`).hinting(
          'A port is a number from 1 to 65535. With 0, HOST is a unix socket.',
        ),
    }),
    instead: ['--unix'],
    sets: 'port',
  }),
  several({ ...URL, programs: ['pub', 'rr'], kind: mapped(url(topicName('publish')), settingsOf) }),
  several({ ...URL, programs: ['sub'], kind: mapped(url(topicFilter('subscription')), settingsOf) }),
  several({ ...URL, programs: ['check'], kind: mapped(url(topicFilter('subscription'), false), settingsOf) }),
  several({
    names: ['--unix'],
    programs: ALL,
    group: 'connection',
    placeholder: 'PATH',
    help: 'Connect to the unix socket at PATH',
    missing: 'Error: --unix argument given but no socket path specified.',
    kind: mapped(text(), (host) => ({ host, port: 0 })),
    instead: ['-h', '-p', '--proxy'],
    completion: 'file',
  }),
  value({
    ...TARGET_OPTION,
    names: ['-A'],
    placeholder: 'ADDRESS',
    help: 'Connect from the local ADDRESS',
    kind: text(),
    sets: 'localAddress',
  }),
  flag({
    ...TARGET_OPTION,
    names: ['-S'],
    help: 'Find the broker in the DNS SRV records of HOST',
    sets: 'srv',
  }),
  flag({
    ...TARGET_OPTION,
    names: ['--nodelay'],
    help: 'Accepted for compatibility; it has no effect',
    // Without this, the second of two small packets may wait 40 ms: Nagle's algorithm waits for the broker's delayed ACK.
    default: true,
    sets: 'noDelay',
  }),
  value({
    names: ['-k', '--keepalive'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Ping the broker after SECONDS without sending, 5 to 65535',
    default: KEEP_ALIVE,
    missing: 'Error: -k argument given but no keepalive specified.',
    kind: integer({
      min: 5,
      max: 65_535,
      bad: () => usage('Error: Invalid keepalive given, it must be between 5 and 65535 inclusive.', { blankLines: 2 }),
    }),
    sets: 'keepAlive',
    part: 'session',
  }),
  value({ ...VERSION, programs: ['pub', 'sub'], defaultText: 'mqttv311' }),
  value({ ...VERSION, programs: ['rr', 'check'], defaultText: 'mqttv5' }),
] as const;
