// Text of others in our lines: whatever its source, none of it is invisible, controls a terminal or is endless. A row
// for each place that prints such text. Covers src/util/web-socket-headers.ts.
import { describe, expect, it } from 'vitest';
import { ConnectionHistory } from '../../../src/client/connection-history.ts';
import { failureOf } from '../../../src/client/failures.ts';
import { traceLines } from '../../../src/client/trace.ts';
import { recordReader } from '../../../src/commands/input/records.ts';
import { Failure } from '../../../src/errors.ts';
import { decodePacket } from '../../../src/mqtt/codec.ts';
import { type Properties, reasonString } from '../../../src/mqtt/properties.ts';
import { Reader } from '../../../src/mqtt/reader.ts';
import type { Packet } from '../../../src/mqtt/types.ts';
import { wireHost } from '../../../src/net/read-reply.ts';
import { srvTargets } from '../../../src/net/srv.ts';
import { dateText, distinguishedName, namesOf, shortName } from '../../../src/net/tls-certificate.ts';
import { handshakeFailure } from '../../../src/net/tls-failures.ts';
import { shownPath } from '../../../src/net/websocket.ts';
import { checkContent, listUsers } from '../../../src/passwd/report.ts';
import { pub } from '../../cli/support.ts';
import { packet, rendered } from '../../output/render.ts';

/** One of each class, with letters that have to come through. */
const NASTY = '\x1b]0;ü\x07\x7f\x9b31m\u202egnp\u2066\u200b\u200d\ufeff\xad\u2028語\u2029\u{e0041}';
const ESCAPED =
  '\\u001b]0;ü\\u0007\\u007f\\u009b31m\\u202egnp\\u2066\\u200b\\u200d\\ufeff\\u00ad\\u2028語\\u2029\\udb40\\udc41';
const LONG = 'x'.repeat(65_000);
const CUT = `${'x'.repeat(256)}… (64744 more characters)`;

const property = (name: 'reason-string' | 'server-reference', value: string): Properties => [{ name, value }];

const disconnected = (properties: Properties) =>
  failureOf({ type: 'disconnected', packet: { type: 'disconnect', code: 0x8e, properties } }, 5);
const traced = (traced: Packet, direction: 'sent' | 'received', clientId = 'c') =>
  traceLines({ type: 'trace', direction, packet: traced }, clientId, 5).join('\n');
const subscription = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

const refusedRecord = async (kind: 'topics' | 'json', record: string): Promise<string> => {
  const rest = { qos: undefined, retain: false, speed: undefined, topic: undefined } as const;
  const records = kind === 'topics' ? { kind, delimiter: Buffer.from('|') } : { kind, ...rest };
  try {
    (await recordReader({ ...pub(), records }))(Buffer.from(record));
  } catch (error) {
    if (error instanceof Failure) return error.message;
  }
  return 'it was accepted';
};

/** A broker that sends CONNECT, for a protocol of this name. */
const strangeConnect = (name: string): string => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(name));
  const body = Buffer.concat([length, Buffer.from(name), Buffer.of(9)]);
  const reader = new Reader();
  reader.open(body, 0, body.length);
  try {
    decodePacket(reader, 0x10, 5);
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was accepted';
};

const PLACES: Readonly<Record<string, (text: string) => string | undefined | Promise<string | undefined>>> = {
  'a reason string': (text) => reasonString(property('reason-string', text)),
  'the reason of a DISCONNECT': (text) => disconnected(property('reason-string', text)).message,
  'a server reference': (text) => disconnected(property('server-reference', text)).advice,
  'the -d line of a PUBLISH': (text) => traced(packet('p', { topic: text }), 'received'),
  'the -d line of a SUBSCRIBE': (text) =>
    traced(
      { type: 'subscribe', packetId: 1, subscriptions: [{ ...subscription, filter: text }], properties: [] },
      'sent',
    ),
  'the -d line of an UNSUBSCRIBE': (text) =>
    traced({ type: 'unsubscribe', packetId: 1, filters: [text], properties: [] }, 'sent'),
  'the client ID that the broker assigned, in -d lines': (text) => traced({ type: 'pingresp' }, 'received', text),
  'the client ID that the broker assigned, in the suspicion of a twin': (text) => {
    const losses = new ConnectionHistory();
    for (let count = 0; count < 4; count++) {
      losses.connected(count);
      losses.lost(new Failure('connection-lost'), true, count);
    }
    return losses.verdict(text)?.message;
  },
  'the topic of a payload that is not JSON': (text) => rendered('%J', packet('{', { topic: text })).stderr,
  'the name of the protocol in a CONNECT that the broker sends': strangeConnect,
  'the name in a certificate': (text) => namesOf({ subject: '', subjectAltName: `DNS:${text}` }),
  'the common name in a certificate': (text) => shortName(`O=o\nCN=${text}`),
  'the issuer of a certificate': (text) => distinguishedName(`O=${text}\nCN=c`),
  'the date in a certificate': (text) => dateText(text),
  'what OpenSSL says of a certificate': (text) =>
    handshakeFailure(new Error(`_${text}`), {
      ...{ host: 'h', tls: { systemCa: true, keyInEngine: false, checkHost: true } },
      ...{ trusted: [], chain: [], keyed: true, rejected: true },
    }).message,
  'the path of a WebSocket': shownPath,
  'the name of a host that is none': (text) => {
    try {
      return wireHost(text);
    } catch (error) {
      return (error as Failure).advice;
    }
  },
  'the name in an SRV record': async (text) => {
    const record = { name: text, port: 1, priority: 0, weight: 0 };
    return (await srvTargets('h', false, { srv: async () => [record] }))[0]?.host;
  },
  'the topic of a line of JSON': (text) => refusedRecord('json', JSON.stringify({ topic: `#${text}`, payload: '' })),
  'the user of a damaged entry in a password file': (text) =>
    checkContent(Buffer.from(`${text}:$9$damaged\n`)).problems[0]?.user,
};

describe.each(Object.entries(PLACES))('%s', (_, shown) => {
  it('has what is invisible escaped', async () => {
    const line = await shown(NASTY);
    expect(line).toContain(ESCAPED);
    expect(line?.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  it('is cut when it is very long', async () => {
    const line = await shown(LONG);
    expect(line).toMatch(/x… \(647\d\d more characters\)/);
    expect(line!.length).toBeLessThan(CUT.length + 250);
  });
});

describe('a list on standard output', () => {
  it('of users has each name escaped, and whole', () => {
    const users = [...listUsers(Buffer.from(`${NASTY}:$6$x$y\n${LONG}:$6$x$y\n`))].map(({ user }) => user);
    expect(users).toEqual([ESCAPED, LONG]);
  });
});
