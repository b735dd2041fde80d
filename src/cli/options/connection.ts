/** Where the broker is and how to get there. */
import type { ProtocolVersion } from '../../mqtt/types.ts';
import { close, wide } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import { choice, integer, type Kind, text, topicFilter, topicName } from '../values/kinds.ts';
import { url } from '../values/url.ts';
import { flag, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

const VERSIONS: Readonly<Record<string, ProtocolVersion>> = { mqttv31: 3, 31: 3, mqttv311: 4, 311: 4, mqttv5: 5, 5: 5 };

/** `-L` is one row for each kind of topic. Every `-L` acts at its place on the line. */
function urlOption(programs: readonly ProgramId[], topic: Kind<string>): Option {
  return value({
    names: ['-L', '--url'],
    programs,
    group: 'connection',
    placeholder: 'URL',
    help: 'mqtt[s]|ws[s]://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC',
    missing: 'Error: -L argument given but no URL specified.',
    kind: url(topic),
    apply: (settings, parts) => {
      settings.host = parts.host;
      settings.port = parts.port;
      settings.tls.url = parts.tls;
      settings.webSocket.url = parts.webSocket;
      settings.topics.push(parts.topic);
      if (parts.username !== undefined) {
        settings.username = parts.username;
        delete settings.faults.username;
      }
      if (parts.password === undefined) return;
      settings.password = parts.password;
      delete settings.passwordFile;
    },
  });
}

/** `-V` is a row for each default. */
function versionOption(programs: readonly ProgramId[], defaultVersion: string): Option {
  return value({
    names: ['-V', '--protocol-version'],
    programs,
    group: 'connection',
    placeholder: 'VERSION',
    help: 'MQTT version: mqttv31, mqttv311, mqttv5 (31, 311, 5)',
    default: defaultVersion,
    missing: 'Error: --protocol-version argument given but no version specified.',
    kind: choice(VERSIONS, () => wide('Error: Invalid protocol version argument given.')),
    completion: ['mqttv31', 'mqttv311', 'mqttv5'],
    apply: (settings, version) => {
      settings.version = version;
    },
  });
}

export const CONNECTION: readonly Option[] = [
  value({
    names: ['-h', '--host'],
    programs: ALL,
    group: 'connection',
    placeholder: 'HOST',
    help: 'Name or address of the broker',
    default: 'localhost',
    missing: 'Error: -h argument given but no host specified.',
    kind: text(),
    instead: ['--unix'],
    apply: (settings, host) => {
      settings.host = host;
    },
  }),
  value({
    names: ['-p', '--port'],
    programs: ALL,
    group: 'connection',
    placeholder: 'PORT',
    help: 'Port of the broker; 0 if HOST is the path of a socket',
    default: '1883, with TLS 8883',
    brief: { help: 'Port of the broker' },
    missing: 'Error: -p argument given but no port specified.',
    kind: integer({ min: 0, max: 65_535, bad: (typed) => close(`Error: Invalid port given: ${typed}`) }),
    instead: ['--unix'],
    apply: (settings, port) => {
      settings.port = port;
    },
  }),
  urlOption(['pub', 'rr'], topicName('publish')),
  urlOption(['sub'], topicFilter('subscription')),
  value({
    names: ['--unix'],
    programs: ALL,
    group: 'connection',
    placeholder: 'PATH',
    help: 'Connect to a unix socket (like -h PATH -p 0)',
    missing: 'Error: --unix argument given but no socket path specified.',
    kind: text(),
    instead: ['-h', '-p', '--proxy'],
    completion: 'file',
    apply: (settings, path) => {
      settings.host = path;
      settings.port = 0;
    },
  }),
  value({
    names: ['-A'],
    programs: ALL,
    group: 'connection',
    placeholder: 'ADDRESS',
    help: 'Local address to connect from',
    missing: 'Error: -A argument given but no address specified.',
    kind: text(),
    apply: (settings, address) => {
      settings.localAddress = address;
    },
  }),
  flag({
    names: ['-S'],
    programs: ALL,
    group: 'connection',
    help: 'Look up host and port in the SRV records of HOST',
    apply: (settings) => {
      settings.srv = true;
    },
  }),
  flag({
    names: ['--nodelay'],
    programs: ALL,
    group: 'connection',
    help: 'Accepted for compatibility: packets always go at once',
    apply: (settings) => {
      settings.noDelay = true;
    },
  }),
  value({
    names: ['-k', '--keepalive'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Longest silence before a ping, 5 to 65535',
    default: '60',
    missing: 'Error: -k argument given but no keepalive specified.',
    kind: integer({
      min: 5,
      max: 65_535,
      bad: () => wide('Error: Invalid keepalive given, it must be between 5 and 65535 inclusive.'),
    }),
    apply: (settings, keepAlive) => {
      settings.keepAlive = keepAlive;
    },
  }),
  versionOption(['pub', 'sub'], 'mqttv311'),
  versionOption(['rr'], 'mqttv5'),
];
