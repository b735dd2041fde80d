/**
 * What each exit status of a client means, in the words of the manual pages. The texts in errors.ts are printed at run time, and
 * are Mosquitto's.
 */
import type { ClientId } from '../../programs.ts';

type MeaningText = string | Readonly<Record<ClientId, string>>;

/** A number of Mosquitto that the command does not return. */
const reserved = (text: string): string => `Not used by this command; in Mosquitto: ${text}.`;

/** A number that only `tssub` returns: a reader of another page finds where its meaning is. */
const ofTssub = 'Not used by this command; see *tssub*(1).';

/** By status. Those of one program alone are in texts.ts. */
const MEANINGS: Readonly<Record<number, MeaningText>> = {
  0: {
    pub: 'Every message was delivered: the broker confirmed it. At QoS 1 and 2 the broker acknowledged each message, and with *-V 5* it also accepted each one. Before MQTT 5, a broker acknowledges even a message that its access rules forbid. At QoS 0 the broker read the messages and the connection closed cleanly.',
    sub: 'The run did what was requested. This includes a signal that ends a run without *-C* after the broker accepted the connection.',
    rr: 'The response was printed.',
  },
  1: 'Usage error, unknown host name, connection refused, no connection in time, or a file or standard output that cannot be used.',
  2: 'Protocol error: the broker sent something that MQTT does not allow, or a packet that is too large.',
  3: {
    pub: 'Invalid input, such as a line that is not a valid message (*--json-lines*, *--topic-from-line*), or one that is too long (*-l*).',
    sub: 'A SOCKS proxy sent an unknown response.',
    rr: 'A SOCKS proxy sent an unknown response.',
  },
  4: 'The broker ended the connection, for example because another client uses the same client ID. Also: a SOCKS proxy cannot reach the broker.',
  5: 'The broker rejected the connection.',
  7: {
    pub: 'The connection was lost, or the broker did not confirm that it read the messages.',
    sub: 'The connection was lost.',
    rr: 'The connection was lost.',
  },
  8: 'TLS failed, for example because the certificate cannot be verified. The line on standard error has the reason.',
  9: reserved('the payload is too large'),
  10: {
    pub: 'Not supported: by this build, such as *--psk* in a single executable, or by the broker, such as *-r*.',
    sub: 'Not supported by this build, such as *--psk* in a single executable.',
    rr: 'Not supported by this build, such as *--psk* in a single executable.',
  },
  11: 'The proxy rejected the login or the connection, or the broker requested a kind of authentication that is not supported.',
  13: 'Unknown error, such as a WebSocket handshake that the server rejected.',
  14: reserved('system error'),
  16: 'The proxy failed.',
  19: 'The broker stopped answering.',
  21: 'The broker sent a malformed packet.',
  24: {
    pub: 'The broker does not support the QoS; use a lower *-q*.',
    sub: reserved('the broker does not support the QoS'),
    rr: reserved('the broker does not support the QoS'),
  },
  25: {
    pub: 'The message is larger than the broker accepts.',
    sub: reserved('the packet is too large for the broker'),
    rr: reserved('the packet is too large for the broker'),
  },
  27: {
    pub: '*--ack-timeout* ended the run.',
    sub: '*-W* ended the run.',
    rr: '*-W* or *--ack-timeout* ended the run.',
  },
  28: { pub: ofTssub, sub: 'No message was queued (*--drain*).', rr: ofTssub },
  29: {
    pub: ofTssub,
    sub: 'Some messages arrived, but fewer than *-C* (*--strict-count*).',
    rr: ofTssub,
  },
  123: {
    pub: ofTssub,
    sub: 'The command for a message failed, also in its last attempt (*--exec*). The message is not acknowledged.',
    rr: ofTssub,
  },
};

const SIGNAL_OR_REFUSAL: readonly [string, string] = [
  '128 and more',
  'If a signal ended the run: 128 plus the signal number. If the broker rejected something with MQTT 5: the reason code.',
];

type StatusRow = readonly [status: string, text: string];

/** The rows of the list, by number. `own` are those of the program; a status that is in both has both texts. */
export function statusRows(program: ClientId, own: readonly StatusRow[]): StatusRow[] {
  const shared = Object.entries(MEANINGS).map(
    ([status, words]): StatusRow => [status, typeof words === 'string' ? words : words[program]],
  );
  const texts = new Map<string, string>();
  for (const [status, text] of [...shared, SIGNAL_OR_REFUSAL, ...own]) {
    const before = texts.get(status);
    texts.set(status, before === undefined ? text : `${before} ${text}`);
  }
  return [...texts].sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** How to find out which meaning a status has. */
export const TWO_MEANINGS: readonly StatusRow[] = [
  [
    '1 to 5',
    'Before MQTT 5, a broker rejects a connection with one of these numbers, which is then the exit status. The line on standard error begins with *Connection error: Connection Refused:*; any other line means the list above. With *-V 5* the reason codes of rejections are 128 and more.',
  ],
  [
    '128 and more',
    'If a signal ended the run, the process died of that signal. A shell then reports 128 plus the signal number: 130 for SIGINT, 143 for SIGTERM. If the broker rejected something, the process exited normally, and a line on standard error has the reason. For example, 141 means *Keep Alive timeout* if standard error has that reason, and SIGPIPE otherwise.',
  ],
];
