/** Reads `-L scheme://[user[:password]@]host[:port]/topic`, with percent-decoding in every part and IPv6 in brackets. */

import { PORT, TLS_PORT } from '../../util/usual.ts';
import { isPlainText } from '../../util/utf8.ts';
import { usage } from '../complaint.ts';
import { percentDecoded, type Word } from '../words/words.ts';
import { type Kind, password, userName, wholeNumber } from './kinds.ts';

interface UrlScheme {
  readonly port: number;
  readonly tls: boolean;
  readonly webSocket: boolean;
}

/**
 * The schemes. A scheme sets the port even after another port was given. WebSocket schemes have the ports of MQTT, as
 * in the Mosquitto clients.
 */
const SCHEMES: Readonly<Record<string, UrlScheme>> = {
  mqtt: { port: PORT, tls: false, webSocket: false },
  mqtts: { port: TLS_PORT, tls: true, webSocket: false },
  ws: { port: PORT, tls: false, webSocket: true },
  wss: { port: TLS_PORT, tls: true, webSocket: true },
};

export interface UrlParts {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly webSocket: boolean;
  readonly username?: string;
  readonly password?: Uint8Array;
  readonly topic: string;
}

const invalid = (reason: string) => usage(`Error: Invalid URL for -L argument specified - ${reason}.`);

/** A URL whose topic is of the given kind. If it needs no topic, the topic may be empty. */
export function url(topic: Kind<string>, needsTopic = true): Kind<UrlParts> {
  return { type: 'url', read: (word) => readUrl(word, topic, needsTopic) };
}

/**
 * Splits the URL as Latin-1, one character for each byte: every separator is ASCII, and the parts between them, decoded
 * or not, are bytes until they are checked.
 */
function readUrl(word: Word, topicKind: Kind<string>, needsTopic: boolean): UrlParts {
  const latin1 = Buffer.from(word.bytes).toString('latin1');
  const parts = /^([a-z]+):\/\/([^/]*)(?:\/(.*))?$/is.exec(latin1);
  const name = (parts?.[1] ?? '').toLowerCase();
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (parts === null || scheme === undefined)
    throw usage('Error: Unsupported URL scheme.', { blankLines: 2 }).hinting('Use mqtt://, mqtts://, ws:// or wss://.');

  const authority = parts[2]!;
  const rawTopic = parts[3] ?? (needsTopic ? undefined : '');
  if (rawTopic === undefined)
    throw invalid('topic missing').hinting('Put the topic after the host: mqtt://HOST/TOPIC.');
  const at = authority.lastIndexOf('@');
  // A slash in a password ends the authority too early, so that the password is in the place of the port.
  const isPassword = at < 0 && rawTopic.includes('@');
  return {
    tls: scheme.tls,
    webSocket: scheme.webSocket,
    ...readServer(authority.slice(at + 1), scheme.port, isPassword),
    ...(at < 0 ? {} : readUser(authority.slice(0, at))),
    topic: rawTopic === '' && !needsTopic ? '' : topicKind.read(decode(rawTopic), '-L topic'),
  };
}

function readServer(server: string, defaultPort: number, isPassword: boolean): { host: string; port: number } {
  const parts = /^(?:\[([^\]]*)\]|([^:[]*))(?::(.*))?$/s.exec(server);
  if (parts === null) throw invalid('bad host');
  const host = decode(parts[1] ?? parts[2]!);
  const typed = parts[3];
  // An empty name cannot be looked up, as with -h; a host with more colons or brackets is a misspelled address.
  if (host.text === '' && (parts[1] !== undefined || typed?.includes(':') === true)) throw invalid('host missing');
  if (!host.wellFormed || !isPlainText(host.text)) throw invalid('bad host');
  if (typed === undefined) return { host: host.text, port: defaultPort };
  const port = wholeNumber(typed);
  if (port === undefined || port < 1 || port > 65_535) {
    if (isPassword) throw invalid("bad port, or a '/' before the '@' (write it as '%2F')");
    throw usage(`Error: Invalid port given: ${Buffer.from(typed, 'latin1').toString()}`).hinting(
      'A port is a number from 1 to 65535.',
    );
  }
  return { host: host.text, port };
}

function readUser(user: string): { username: string; password?: Uint8Array } {
  const colon = user.indexOf(':');
  const username = userName().read(decode(colon < 0 ? user : user.slice(0, colon)), '-L');
  return colon < 0 ? { username } : { username, password: password().read(decode(user.slice(colon + 1)), '-L') };
}

const decode = (latin1: string): Word => percentDecoded(latin1, invalid);
