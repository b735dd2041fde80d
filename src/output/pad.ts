/** Width, alignment and precision of a value of -F (`%-20t`), counted in bytes as mosquitto_sub does. compile.ts reads them. */
import type { Spec } from './renderer.ts';
import type { OutputWriter } from './writer.ts';

const BLANK = 0x20;
const ZERO = 0x30;
const BLANKS = Buffer.alloc(256, BLANK);
const ZEROS = Buffer.alloc(256, ZERO);

/** `count` blanks or zeros; none for a count below 1. */
export function putPadding(output: OutputWriter, count: number, zeros: boolean): void {
  const source = zeros ? ZEROS : BLANKS;
  for (; count > source.length; count -= source.length) output.bytes(source);
  if (count > 0) output.bytes(count === source.length ? source : source.subarray(0, count));
}

/** A number: blanks on its left, zeros with `0`, or blanks on its right with `-`. The precision does not matter. */
export function padNumber(text: string, spec: Spec): string {
  if (text.length >= spec.width) return text;
  if (spec.left) return text.padEnd(spec.width);
  if (!spec.zero) return text.padStart(spec.width);
  return text.startsWith('-') ? `-${text.slice(1).padStart(spec.width - 1, '0')}` : text.padStart(spec.width, '0');
}

/** A text: cut to the precision, padded with blanks to the width. */
export function putString(output: OutputWriter, value: Uint8Array, spec: Spec): void {
  const { precision } = spec;
  putPadded(output, precision === undefined ? value : value.subarray(0, precision), spec, false);
}

/** A payload: cut to the width, and padded to it. */
export function putPayload(output: OutputWriter, payload: Uint8Array, spec: Spec): void {
  putPadded(output, spec.width === 0 ? payload : payload.subarray(0, spec.width), spec, spec.zero);
}

/** To the width: blanks on the right with `-`, else blanks or zeros on the left. */
function putPadded(output: OutputWriter, shown: Uint8Array, { left, width }: Spec, zeros: boolean): void {
  if (!left) putPadding(output, width - shown.length, zeros);
  output.bytes(shown);
  if (left) putPadding(output, width - shown.length, false);
}

/** In place of a property that the message does not have. */
export function putAbsent(output: OutputWriter, spec: Spec): void {
  putPadding(output, spec.width, spec.zero);
}
