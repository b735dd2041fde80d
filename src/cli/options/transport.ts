/** What stands between us and the broker, and how long to try. */
import { usage } from '../complaint.ts';
import { integer, mapped, seconds } from '../values/kinds.ts';
import { proxyUrl } from '../values/proxy-url.ts';
import { webSocketHeader, webSocketPath } from '../values/web-socket.ts';
import { flag, list, value } from './option.ts';
import { ALL } from './programs.ts';

export const TRANSPORT = [
  flag({
    names: ['--ws'],
    programs: ALL,
    group: 'connection',
    help: 'Speak MQTT over WebSocket',
    sets: 'ws',
    part: 'target',
  }),
  value({
    names: ['--ws-path'],
    programs: ALL,
    group: 'connection',
    placeholder: 'PATH',
    help: 'Path to ask the WebSocket server for',
    // As in the originals, where it cannot be chosen.
    default: '/mqtt',
    missing: 'Error: --ws-path argument given but no path specified.',
    kind: webSocketPath(),
    sets: 'wsPath',
    part: 'target',
  }),
  list({
    names: ['--ws-header'],
    programs: ALL,
    group: 'connection',
    placeholder: 'HEADER',
    help: "'NAME: VALUE' for the WebSocket server (repeatable)",
    missing: 'Error: --ws-header argument given but no header specified.',
    kind: webSocketHeader(),
    adds: 'wsHeaders',
    part: 'target',
  }),
  value({
    names: ['--proxy'],
    programs: ALL,
    group: 'connection',
    placeholder: 'URL',
    help: 'socks5h|http://[USER[:PASSWORD]@]HOST[:PORT]',
    missing: 'Error: --proxy argument given but no proxy url specified.',
    kind: proxyUrl(),
    sets: 'proxy',
    part: 'target',
  }),
  value({
    names: ['--connect-timeout'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Give an attempt to connect up after, 0: never',
    // As long as MQTT.js and Paho wait.
    default: 30_000,
    defaultText: '30',
    missing: 'Error: --connect-timeout argument given but no time specified.',
    kind: mapped(seconds({ min: 0, bad: () => usage('Error: --connect-timeout argument must be >=0.0.') }), (limit) =>
      limit === 0 ? Infinity : limit,
    ),
    sets: 'connectTimeout',
  }),
  value({
    names: ['--retry'],
    programs: ALL,
    group: 'connection',
    placeholder: 'COUNT',
    help: 'Try again so often when the broker cannot be reached',
    defaultText: '0',
    missing: 'Error: --retry argument given but no count specified.',
    kind: integer({ min: 0, bad: () => usage('Error: --retry argument must be >=0.') }),
    sets: 'retry',
    part: 'retry',
  }),
  value({
    names: ['--retry-delay'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Wait so long before each new attempt',
    defaultText: '1, then twice as long each time',
    missing: 'Error: --retry-delay argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-delay argument must be >=0.0.') }),
    sets: 'retryDelay',
    part: 'retry',
  }),
  value({
    names: ['--retry-max-time'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Begin no new attempt later than this after the first',
    defaultText: 'no limit',
    missing: 'Error: --retry-max-time argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-max-time argument must be >=0.0.') }),
    sets: 'retryMaxTime',
    part: 'retry',
  }),
  flag({
    names: ['--explain'],
    programs: ALL,
    group: 'connection',
    help: 'Tell each step of connecting, and what to change',
    sets: 'explain',
  }),
] as const;
