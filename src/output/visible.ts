/** How received bytes are shown on a terminal: no byte can control the terminal, and every byte is visible. */
import { escaped } from '../util/printable.ts';
import { cutBefore, isWellFormed, sequenceLength } from '../util/utf8.ts';
import { bufferOf } from './encode.ts';
import { LARGE_BYTES, type Steps } from './steps.ts';
import type { OutputWriter } from './writer.ts';

/** Text is processed in pieces: escaping makes it up to six times longer, and a string has a maximum length. */
const PIECE_BYTES = 64 * 1024;

/** As escaped(), for bytes that may not be UTF-8: invalid bytes become `\xff`. */
export function visible(bytes: Uint8Array): string {
  const text = bufferOf(bytes);
  if (isWellFormed(text)) return escaped(text.toString());
  let shown = '';
  let start = 0;
  const show = (end: number): void => {
    shown += escaped(text.toString('utf8', start, end));
  };
  for (let at = 0; at < text.length; ) {
    const length = sequenceLength(text, at, text.length);
    if (length === 0) {
      show(at);
      shown += `\\x${text[at]!.toString(16).padStart(2, '0')}`;
      start = at + 1;
    }
    at += length || 1;
  }
  show(text.length);
  return shown;
}

/** Puts a payload, with its newlines and tabs unchanged. */
export function putVisible(output: OutputWriter, payload: Uint8Array): void {
  const steps = putPieces(output, payload);
  if (payload.length > LARGE_BYTES) output.later(steps);
  else while (!steps.next().done);
}

function* putPieces(output: OutputWriter, payload: Uint8Array): Steps {
  for (let start = 0; start < payload.length; ) {
    const end = cutBefore(payload, start + PIECE_BYTES);
    putPiece(output, payload.subarray(start, end));
    start = end;
    yield;
  }
}

function putPiece(output: OutputWriter, piece: Uint8Array): void {
  let start = 0;
  for (let at = 0; at <= piece.length; at++) {
    const byte = piece[at];
    if (byte !== undefined && byte !== LINE_END && byte !== TAB) continue;
    if (at > start) output.text(visible(piece.subarray(start, at)));
    if (byte !== undefined) output.byte(byte);
    start = at + 1;
  }
}

const LINE_END = 0x0a;
const TAB = 0x09;
