/**
 * Covers src/errors.ts.
 */
import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/cli/advice.ts';
import { failureOf } from '../../src/client/failures.ts';
import { PacketError } from '../../src/mqtt/packet-error.ts';
import type { SessionEvent } from '../../src/mqtt/session/events.ts';
import type { ProtocolVersion } from '../../src/mqtt/types.ts';

const refused = (code: number) =>
  ({ type: 'refused', packet: { type: 'connack', sessionPresent: false, code, properties: [] } }) as const;
const disconnected = (code: number, reason?: string): Extract<SessionEvent, { type: 'disconnected' }> => ({
  type: 'disconnected',
  packet: {
    type: 'disconnect',
    code,
    properties: reason === undefined ? [] : [{ name: 'reason-string', value: reason }],
  },
});
const failed = (error: PacketError | 'no-connack' | 'no-pingresp') => ({ type: 'failed', error }) as const;

describe('a CONNACK that refuses: its code is the exit status', () => {
  it.each<[ProtocolVersion, number, string]>([
    [3, 1, 'Connection Refused: unacceptable protocol version'],
    [4, 2, 'Connection Refused: identifier rejected'],
    [4, 3, 'Connection Refused: broker unavailable'],
    [4, 4, 'Connection Refused: bad user name or password'],
    [4, 5, 'Connection Refused: not authorised'],
    [4, 6, 'Connection Refused: unknown reason'],
    [4, 255, 'Connection Refused: unknown reason'],
    [5, 0x80, 'Unspecified error'],
    [5, 0x84, 'Unsupported Protocol Version. Try connecting to an MQTT v5 broker, or use MQTT v3.x mode.'],
    [5, 0x87, 'Not authorized'],
    [5, 0x9f, 'Connection rate exceeded'],
  ])('v%i, code %i: %s', (version, code, message) => {
    expect(failureOf(refused(code), version)).toMatchObject({ kind: 'refused', status: code, reason: code, message });
  });
});

describe('a DISCONNECT of the server', () => {
  it.each([
    [0, undefined, 'Success'],
    [0x8b, undefined, 'Server shutting down'],
    [0x8e, 'somebody else', 'Session taken over: somebody else'],
    [0x8e, 'somebody\r\nError: \u001b[2J', 'Session taken over: somebody\\u000d\\u000aError: \\u001b[2J'],
    [0x8e, '', 'Session taken over'],
  ])('code %i, said %j', (code, said, reason) => {
    expect(failureOf(disconnected(code, said), 5)).toMatchObject({
      kind: 'not-connected',
      status: 4,
      reason: code,
      message: `The client is not currently connected: the broker ended the connection (${reason})`,
    });
  });
});

describe('a server that names another one', () => {
  it.each(['refused', 'disconnected'] as const)('appears in the advice when the broker has %s the client', (type) => {
    const said = (value: string) => {
      const properties = [{ name: 'server-reference', value }] as const;
      const event =
        type === 'refused'
          ? ({ type, packet: { type: 'connack', sessionPresent: false, code: 0x9d, properties } } as const)
          : ({ type, packet: { type: 'disconnect', code: 0x9d, properties } } as const);
      return hintFor(failureOf(event, 5));
    };
    expect(said('b.example:8883')).toBe(
      'The broker redirects clients to b.example:8883. Connect to it with -h HOST and -p PORT.',
    );
    expect(said('b\n\u001b[2J')).toBe(
      'The broker redirects clients to b\\u000a\\u001b[2J. Connect to it with -h HOST and -p PORT.',
    );
    expect(said('')).toBeUndefined();
  });
});

describe('a server that is silent or breaks the rules', () => {
  it.each([
    ['no-connack', 'keepalive', 19, 'Keepalive exceeded: the broker sent no CONNACK'],
    ['no-pingresp', 'keepalive', 19, 'Keepalive exceeded: the broker sent no PINGRESP'],
    [new PacketError('malformed', 'too short'), 'malformed', 21, 'Malformed packet: too short'],
    [
      new PacketError('protocol', 'no', 0x93),
      'protocol',
      2,
      'A network protocol error occurred when communicating with the broker: no',
    ],
  ] as const)('%s', (error, kind, status, message) => {
    const failure = failureOf(failed(error), 5);
    expect(failure).toMatchObject({ kind, status, message });
    expect(failure.reason).toBe(error instanceof PacketError ? error.code : undefined);
  });
});
