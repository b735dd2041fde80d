/** What stands between us and the broker, and how long to try. */
import { close } from '../complaint.ts';
import { decimal, integer } from '../values/kinds.ts';
import { proxyUrl } from '../values/proxy-url.ts';
import { webSocketHeader, webSocketPath } from '../values/web-socket.ts';
import { flag, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

export const TRANSPORT: readonly Option[] = [
  flag({
    names: ['--ws'],
    programs: ALL,
    group: 'connection',
    help: 'Speak MQTT over WebSocket',
    apply: (settings) => {
      settings.webSocket.asked = true;
    },
  }),
  value({
    names: ['--ws-path'],
    programs: ALL,
    group: 'connection',
    placeholder: 'PATH',
    help: 'Path to ask the WebSocket server for',
    default: '/mqtt',
    missing: 'Error: --ws-path argument given but no path specified.',
    kind: webSocketPath(),
    apply: (settings, path) => {
      settings.webSocket.path = path;
    },
  }),
  value({
    names: ['--ws-header'],
    programs: ALL,
    group: 'connection',
    placeholder: 'HEADER',
    help: "'NAME: VALUE' for the WebSocket server (repeatable)",
    missing: 'Error: --ws-header argument given but no header specified.',
    kind: webSocketHeader(),
    apply: (settings, header) => {
      settings.webSocket.headers.push(header);
    },
  }),
  value({
    names: ['--proxy'],
    programs: ALL,
    group: 'connection',
    placeholder: 'URL',
    help: 'socks5h|http://[USER[:PASSWORD]@]HOST[:PORT]',
    missing: 'Error: --proxy argument given but no proxy url specified.',
    kind: proxyUrl(),
    apply: (settings, proxy) => {
      settings.proxy = proxy;
    },
  }),
  value({
    names: ['--connect-timeout'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Give an attempt to connect up after, 0: never',
    default: '30',
    missing: 'Error: --connect-timeout argument given but no time specified.',
    kind: decimal({
      min: 0,
      bad: () => close('Error: --connect-timeout argument must be >=0.0.'),
    }),
    apply: (settings, seconds) => {
      settings.connectTimeout = seconds === 0 ? Infinity : seconds * 1000;
    },
  }),
  value({
    names: ['--retry'],
    programs: ALL,
    group: 'connection',
    placeholder: 'COUNT',
    help: 'Try again so often when the broker cannot be reached',
    default: '0',
    missing: 'Error: --retry argument given but no count specified.',
    kind: integer({ min: 0, bad: () => close('Error: --retry argument must be >=0.') }),
    apply: (settings, count) => {
      settings.retry.count = count;
    },
  }),
  value({
    names: ['--retry-delay'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Wait so long before each new attempt',
    default: '1, then twice as long each time',
    missing: 'Error: --retry-delay argument given but no time specified.',
    kind: decimal({ min: 0, bad: () => close('Error: --retry-delay argument must be >=0.0.') }),
    apply: (settings, seconds) => {
      settings.retry.delay = seconds * 1000;
    },
  }),
  value({
    names: ['--retry-max-time'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Begin no new attempt later than this after the first',
    default: 'no limit',
    missing: 'Error: --retry-max-time argument given but no time specified.',
    kind: decimal({ min: 0, bad: () => close('Error: --retry-max-time argument must be >=0.0.') }),
    apply: (settings, seconds) => {
      settings.retry.maxTime = seconds * 1000;
    },
  }),
  flag({
    names: ['--explain'],
    programs: ALL,
    group: 'connection',
    help: 'Tell each step of connecting, and what to change',
    apply: (settings) => {
      settings.explain = true;
    },
  }),
];
