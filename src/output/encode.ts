/** How payloads of any length are printed in hexadecimal and base64: in pieces, because a string has a maximum length. */
import { putPadding } from './pad.ts';
import type { Spec } from './renderer.ts';
import { inParts, LARGE_BYTES, type Steps } from './steps.ts';
import type { OutputWriter } from './writer.ts';

/** A multiple of 3, so that base64 has no padding between pieces. */
const PIECE_BYTES = 48 * 1024;
const BLANK = 0x20;
const ZERO = 0x30;
const LOWER = Buffer.from('0123456789abcdef');
const UPPER = Buffer.from('0123456789ABCDEF');

const base64 = (piece: Buffer): string => piece.toString('base64');

/** The payload in base64, without line breaks. */
export function putBase64(output: OutputWriter, payload: Uint8Array): void {
  putPieces(output, payload, base64);
}

/** putBase64() in steps. */
export const putBase64InSteps = (output: OutputWriter, payload: Uint8Array): Steps =>
  inParts(bufferOf(payload), (part) => putPart(output, part as Buffer, base64));

/**
 * The payload with two digits per byte. The width limits the bytes shown and is the minimum number of digits. The
 * precision sets a separator after each group of that many digits, including left padding, except the last group.
 */
export function putHex(output: OutputWriter, payload: Uint8Array, spec: Spec, upper: boolean): void {
  const { width, precision } = spec;
  const shown = width > 0 && width < payload.length ? payload.subarray(0, width) : payload;
  const missing = width - shown.length * 2;
  if (precision !== undefined && precision > 0) {
    putGroups(output, shown, spec.left ? 0 : missing, spec, upper);
  } else {
    if (!spec.left) putPadding(output, missing, spec.zero);
    putPieces(output, shown, (piece) => {
      const digits = piece.toString('hex');
      return upper ? digits.toUpperCase() : digits;
    });
  }
  if (spec.left) putPadding(output, missing, false);
}

function putPieces(output: OutputWriter, payload: Uint8Array, encode: (piece: Buffer) => string): void {
  const bytes = bufferOf(payload);
  if (bytes.length <= PIECE_BYTES) output.text(encode(bytes));
  else if (bytes.length <= LARGE_BYTES) putPart(output, bytes, encode);
  else output.later(inParts(bytes, (part) => putPart(output, part as Buffer, encode)));
}

function putPart(output: OutputWriter, bytes: Buffer, encode: (piece: Buffer) => string): void {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) output.text(encode(bytes.subarray(at, at + PIECE_BYTES)));
}

function putGroups(output: OutputWriter, payload: Uint8Array, padding: number, spec: Spec, upper: boolean): void {
  const digits = upper ? UPPER : LOWER;
  const separator = spec.separator ?? BLANK;
  const size = spec.precision!;
  let left = size;
  const put = (digit: number): void => {
    if (left === 0) {
      output.byte(separator);
      left = size;
    }
    output.byte(digit);
    left--;
  };
  for (let i = 0; i < padding; i++) put(spec.zero ? ZERO : BLANK);
  const putPart = (part: Uint8Array): void => {
    for (const byte of part) {
      put(digits[byte >> 4]!);
      put(digits[byte & 15]!);
    }
  };
  if (payload.length > LARGE_BYTES) output.later(inParts(payload, putPart));
  else putPart(payload);
}

export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
