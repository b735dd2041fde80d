/** How -F applies width, alignment and precision (`%-20t`), counted in bytes as in mosquitto_sub. compile.ts parses them. */
import type { Spec } from './renderer.ts';
import type { OutputWriter } from './writer.ts';

const BLANK = 0x20;
const ZERO = 0x30;
const BLANKS = Buffer.alloc(256, BLANK);
const ZEROS = Buffer.alloc(256, ZERO);

/** `count` spaces or zeros; none for a count below 1. */
export function putPadding(output: OutputWriter, count: number, zeros: boolean): void {
  const source = zeros ? ZEROS : BLANKS;
  for (; count > source.length; count -= source.length) output.bytes(source);
  if (count > 0) output.bytes(count === source.length ? source : source.subarray(0, count));
}

/** Pads a number: spaces on its left, zeros with `0`, or spaces on its right with `-`. The precision has no effect. */
export function padNumber(text: string, spec: Spec): string {
  if (text.length >= spec.width) return text;
  if (spec.left) return text.padEnd(spec.width);
  if (!spec.zero) return text.padStart(spec.width);
  return text.startsWith('-') ? `-${text.slice(1).padStart(spec.width - 1, '0')}` : text.padStart(spec.width, '0');
}

/** Puts a text, cut to the precision and padded with spaces to the width. */
export function putString(output: OutputWriter, value: Uint8Array, spec: Spec): void {
  const { precision } = spec;
  putPadded(output, precision === undefined ? value : value.subarray(0, precision), spec, false);
}

/** Puts a payload, cut or padded to the width. */
export function putPayload(output: OutputWriter, payload: Uint8Array, spec: Spec): void {
  putPadded(output, spec.width === 0 ? payload : payload.subarray(0, spec.width), spec, spec.zero);
}

/** Pads to the width: spaces on the right with `-`, otherwise spaces or zeros on the left. */
function putPadded(output: OutputWriter, shown: Uint8Array, { left, width }: Spec, zeros: boolean): void {
  if (!left) putPadding(output, width - shown.length, zeros);
  output.bytes(shown);
  if (left) putPadding(output, width - shown.length, false);
}

/** Pads to the width when the message lacks the property. */
export function putAbsent(output: OutputWriter, spec: Spec): void {
  putPadding(output, spec.width, spec.zero);
}
