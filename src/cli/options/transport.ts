/** Options for the way from client to broker, and for attempts to connect: --ws, --proxy, --connect-timeout, --retry. */
import { CONNECT_TIMEOUT, WEB_SOCKET_PATH } from '../../util/usual.ts';
import { usage } from '../complaint.ts';
import { integer, mapped, seconds } from '../values/kinds.ts';
import { proxyUrl } from '../values/proxy-url.ts';
import { webSocketHeader, webSocketPath } from '../values/web-socket.ts';
import { ALL, CLIENTS, flag, list, value } from './option.ts';

const TARGET_OPTION = { programs: ALL, group: 'connection', part: 'target' } as const;
const RETRY_OPTION = { programs: CLIENTS, group: 'connection', part: 'retry' } as const;

export const TRANSPORT = [
  flag({
    ...TARGET_OPTION,
    names: ['--ws'],
    help: 'Use MQTT over WebSocket',
    sets: 'ws',
  }),
  value({
    ...TARGET_OPTION,
    names: ['--ws-path'],
    placeholder: 'PATH',
    help: 'Request PATH from the WebSocket server',
    default: WEB_SOCKET_PATH,
    kind: webSocketPath(),
    sets: 'wsPath',
  }),
  list({
    ...TARGET_OPTION,
    names: ['--ws-header'],
    placeholder: 'HEADER',
    help: "Send HEADER ('NAME: VALUE') to the WebSocket server",
    kind: webSocketHeader(),
    adds: 'wsHeaders',
  }),
  value({
    ...TARGET_OPTION,
    names: ['--proxy'],
    placeholder: 'URL',
    help: 'Connect through the proxy at URL (socks5h:// or http://)',
    missing: 'Error: --proxy argument given but no proxy url specified.',
    kind: proxyUrl(),
    sets: 'proxy',
  }),
  value({
    names: ['--connect-timeout'],
    programs: ALL,
    group: 'connection',
    placeholder: 'SECONDS',
    help: 'Give up connecting after SECONDS (0: no limit)',
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
    help: 'Retry up to COUNT times if the broker cannot be reached',
    defaultText: '0',
    kind: integer({ min: 0, bad: () => usage('Error: --retry argument must be >=0.') }),
    sets: 'retry',
  }),
  value({
    ...RETRY_OPTION,
    names: ['--retry-delay'],
    placeholder: 'SECONDS',
    help: 'Wait SECONDS before each new attempt',
    defaultText: '1, then doubling up to 30',
    missing: 'Error: --retry-delay argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-delay argument must be >=0.0.') }),
    sets: 'retryDelay',
  }),
  value({
    ...RETRY_OPTION,
    names: ['--retry-max-time'],
    placeholder: 'SECONDS',
    help: 'Start no attempt later than SECONDS after the first failure',
    defaultText: 'no limit',
    missing: 'Error: --retry-max-time argument given but no time specified.',
    kind: seconds({ min: 0, bad: () => usage('Error: --retry-max-time argument must be >=0.0.') }),
    sets: 'retryMaxTime',
  }),
  flag({
    names: ['--explain'],
    programs: ALL,
    group: 'connection',
    help: 'Print each connection step and what to change',
    sets: 'explain',
  }),
] as const;
