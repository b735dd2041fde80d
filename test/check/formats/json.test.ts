/** The JSON object, held to its schema. */
import { describe, expect, it } from 'vitest';
import { json } from '../../../src/check/formats/json.ts';
import { BAD, GOOD, UNKNOWN_ONE } from './samples.ts';

const STATUS = expect.stringMatching(/^(OK|WARNING|CRITICAL|UNKNOWN)$/);

describe('JSON', () => {
  it('is one line with the worst status and every check', () => {
    const text = json([GOOD, BAD, UNKNOWN_ONE]);
    expect(text).toMatch(/^[^\n]*\n$/);
    const value = JSON.parse(text);
    expect(Object.keys(value)).toEqual(['status', 'code', 'checks']);
    expect([value.status, value.code]).toEqual(['CRITICAL', 2]);
    for (const check of value.checks) {
      expect(check).toMatchObject({ check: expect.any(String), broker: expect.any(String), status: STATUS });
      for (const metric of check.metrics)
        expect(metric).toMatchObject({ name: expect.any(String), value: expect.any(Number) });
    }
  });

  it('leaves out what a check does not have', () => {
    expect(JSON.parse(json([GOOD])).checks[0]).toEqual({
      check: 'roundtrip',
      broker: 'localhost:1883',
      status: 'OK',
      text: GOOD.text,
      metrics: [
        { name: 'time', value: 3.2154, unit: 'ms', warn: '200', critical: '1000' },
        { name: 'connect', value: 0.5, unit: 'ms' },
      ],
    });
  });
});
