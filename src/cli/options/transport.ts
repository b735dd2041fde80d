/** Options for the way from client to broker, and for attempts to connect: --ws, --proxy, --connect-timeout, --retry. */
import { CONNECT_TIMEOUT, WEB_SOCKET_PATH } from '../../util/usual.ts';
import { usage } from '../complaint.ts';
import { integer, mapped, seconds } from '../values/kinds.ts';
import { proxyUrl } from '../values/proxy-url.ts';
import { webSocketHeader, webSocketPath } from '../values/web-socket.ts';
import { ALL, flag, list, value } from './option.ts';

const TARGET_OPTION = { programs: ALL, group: 'connection', part: 'target' } as const;
const RETRY_OPTION = { programs: ALL, group: 'connection', part: 'retry' } as const;

export const TRANSPORT = [
  flag({
    ...TARGET_OPTION,
    names: ['--ws'],
    help: 'Speak MQTT over WebSocket',
    sets: 'ws',
  }),
  value({
    ...TARGET_OPTION,
    names: ['--ws-path'],
    placeholder: 'PATH',
    help: 'Path to ask the WebSocket server for',
    default: WEB_SOCKET_PATH,
    kind: webSocketPath(),
    sets: 'wsPath',
  }),
  list({
    ...TARGET_OPTION,
    names: ['--ws-header'],
    placeholder: 'HEADER',
    help: "'NAME: VALUE' for the WebSocket server (repeatable)",
    kind: webSocketHeader(),
    adds: 'wsHeaders',
  }),
  value({
    ...TARGET_OPTION,
    names: ['--proxy'],
    placeholder: 'URL',
    help: 'socks5h|http://[USER[:PASSWORD]@]HOST[:PORT]',
    missing: 'Error: --proxy argument given but no proxy url specified.',
    kind: proxyUrl(),
    sets: 'proxy',
  }),
  value({
    names: ['--connect-timeout'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Give an attempt to connect up after, 0: never',
    default: CONNECT_TIMEOUT,
    defaultText: `${CONNECT_TIMEOUT / 1000}`,
    missing: 'Error: --connect-timeout argument given but no time specified.',
    kind: mapped(seconds({ min: 0, bad: () => usage('Error: --connect-timeout argument must be >=0.0.') }), (limit) =>
      limit === 0 ? Infinity : limit,
    ),
    sets: 'connectTimeout',
  }),
  value({
    ...RETRY_OPTION,
    names: ['--retry'],
    placeholder: 'COUNT',
    help: 'Try again so often when the broker cannot be reached',
    defaultText: '0',
    kind: integer({ min: 0, bad: () => usage('Error: --retry argument must be >=0.') }),
    sets: 'retry',
  }),
  value({
    ...RETRY_OPTION,
    names: ['--retry-delay'],
    placeholder: 'SECONDS',
    help: 'Wait so long before each new attempt',
    defaultText: '1, then twice as long each time',
    missing: 'Error: --retry-delay argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-delay argument must be >=0.0.') }),
    sets: 'retryDelay',
  }),
  value({
    ...RETRY_OPTION,
    names: ['--retry-max-time'],
    placeholder: 'SECONDS',
    help: 'Begin no new attempt later than this after the first',
    defaultText: 'no limit',
    missing: 'Error: --retry-max-time argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-max-time argument must be >=0.0.') }),
    sets: 'retryMaxTime',
  }),
  flag({
    names: ['--explain'],
    programs: ALL,
    group: 'connection',
    help: 'Tell each step of connecting, and what to change',
    sets: 'explain',
  }),
] as const;
