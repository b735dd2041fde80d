/** Hexadecimal and base64. */
import { describe, expect, it } from 'vitest';
import { packet, rendered, text } from './render.ts';

describe('%x', () => {
  it.each([
    ['hello', '%x', '68656c6c6f'],
    ['hello', '%X', '68656C6C6F'],
    ['hello', '%.1x', '6 8 6 5 6 c 6 c 6 f'],
    ['hello', '%.2x', '68 65 6c 6c 6f'],
    ['hello', '%.2:x', '68:65:6c:6c:6f'],
    ['hello', '%.4-X', '6865-6C6C-6F'],
    ['hello', '%.3_x', '686_56c_6c6_f'],
    ['hello', '%.99:x', '68656c6c6f'],
    ['hello', '%.0:x', '68656c6c6f'],
    ['hello', '%.:x', '68656c6c6f'],
    ['hello', '%:x', '68656c6c6f'],
    ['me', '%.2:x', '6d:65'],
    ['message', '%018.2:x', '00:00:6d:65:73:73:61:67:65'],
    ['message', '%18.2:x', '  :  :6d:65:73:73:61:67:65'],
    ['message', '%-18.2:x|', '6d:65:73:73:61:67:65    |'],
    ['me', '%07.2:x', '00:06:d6:5'],
    ['message', '%4x', '6d657373'],
    ['message', '%4.2:x', '6d:65:73:73'],
    ['hello', '%12x', '  68656c6c6f'],
    ['hello', '%-12x|', '68656c6c6f  |'],
    ['hello', '%012x', '0068656c6c6f'],
    ['hello', '%-x|', '68656c6c6f|'],
    ['', '%x|', '|'],
    ['', '%3x|', '   |'],
    ['', '%03.2:x|', '00:0|'],
    ['a\xff', '%x', '61c3bf'],
  ])('of "%s" by "%s" is "%s"', (payload, format, expected) => {
    expect(text(format, packet(payload))).toBe(expected);
  });

  it.each([1, 48 * 1024, 48 * 1024 + 1, 200_000])('of %i bytes is what Node makes of them', (length) => {
    const payload = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff));
    expect(text('%x', packet(payload))).toBe(payload.toString('hex'));
    expect(text('%X', packet(payload))).toBe(payload.toString('hex').toUpperCase());
    expect(text('%b', packet(payload))).toBe(payload.toString('base64'));
  });

  it('takes a payload that is a view of a larger chunk', () => {
    const view = Buffer.from('xxhelloxx').subarray(2, 7);
    expect(rendered('%x %b', packet(view)).stdout.toString()).toBe('68656c6c6f aGVsbG8=');
  });
});
