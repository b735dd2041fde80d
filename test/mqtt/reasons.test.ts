import { describe, expect, it } from 'vitest';
import { connackText, isAcceptedReason, isReasonOf, isRefusal, REASONS, reasonText } from '../../src/mqtt/reasons.ts';
import type { PacketType } from '../../src/mqtt/types.ts';
import table from '../fixtures/reason-codes.json' with { type: 'json' };

const PACKETS: readonly PacketType[] = [
  'connack',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'suback',
  'unsuback',
  'disconnect',
  'auth',
];

describe('the reason codes are those of the standard [MQTT 5, 2.4]', () => {
  it('and no others', () => {
    expect(REASONS.map((row) => row.code)).toEqual(table.v5_reason_codes.map((row) => row.code));
  });

  it.each(table.v5_reason_codes)('$hex $text', ({ code, text, packets }) => {
    expect(reasonText(code)).toBe(text);
    const allowed = packets.map((name) => name.split(' ')[0]!.toLowerCase());
    expect(PACKETS.filter((type) => isReasonOf(type, code)).sort()).toEqual(allowed.sort());
    expect(isRefusal(code)).toBe(code >= 0x80);
  });

  it('and anything else is unknown', () => {
    const known = new Set(REASONS.map((row) => row.code));
    for (let code = 0; code < 256; code++) {
      if (known.has(code)) continue;
      expect(reasonText(code)).toBe(table.v5_unknown_text);
      expect(PACKETS.some((type) => isReasonOf(type, code))).toBe(false);
    }
  });

  it('and packets without a reason code have none', () => {
    for (const type of ['connect', 'publish', 'subscribe', 'unsubscribe', 'pingreq', 'pingresp'] as const)
      expect(REASONS.some((row) => isReasonOf(type, row.code))).toBe(false);
  });
});

describe('a reason code beyond the standard', () => {
  it('is accepted only where a broker sends it: Mosquitto rejects an oversized message with 149', () => {
    const beyond = PACKETS.flatMap((type) =>
      Array.from({ length: 256 }, (_, code) => code)
        .filter((code) => isAcceptedReason(type, code) && !isReasonOf(type, code))
        .map((code) => [type, code]),
    );
    expect(beyond).toEqual([
      ['puback', 149],
      ['pubrec', 149],
    ]);
  });
});

describe('a refused connection is reported in Mosquitto\u2019s words', () => {
  it.each(table.v3_connack_codes.filter((row) => typeof row.code === 'number'))(
    'MQTT 3, code $code',
    ({ code, text }) => {
      expect(connackText(code as number, 3)).toBe(text);
      expect(connackText(code as number, 4)).toBe(text);
    },
  );

  it.each([6, 128, 255])('MQTT 3, code %i', (code) => {
    expect(connackText(code, 4)).toBe('Connection Refused: unknown reason');
  });

  it('MQTT 5', () => {
    expect(connackText(135, 5)).toBe('Not authorized');
    expect(connackText(3, 5)).toBe('Unknown reason');
    expect(connackText(132, 5)).toBe(
      table.v5_connack_lines.pub_sub_132.replace('Connection error: {text}', 'Unsupported Protocol Version'),
    );
  });
});
