/** Bytes that others sent, as a terminal may show them: nothing in them steers it or hides, and all of them can be seen. */
import { escaped } from '../util/printable.ts';
import { isWellFormed, sequenceLength } from '../util/utf8.ts';
import { bufferOf } from './encode.ts';
import { LARGE_BYTES, type Steps } from './steps.ts';
import type { OutputWriter } from './writer.ts';

/** What is escaped grows to six times as much, and a string has a largest length. */
const PIECE_BYTES = 64 * 1024;

/** As escaped(), for bytes that need not be UTF-8: those that are not are written as `\xff`. */
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

/** A payload: its line ends and tabs are its layout and stay. */
export function putVisible(output: OutputWriter, payload: Uint8Array): void {
  if (payload.length > LARGE_BYTES) output.later(inPieces(payload, (piece) => putPiece(output, piece)));
  else for (const piece of pieces(payload)) putPiece(output, piece);
}

function* inPieces(bytes: Uint8Array, put: (piece: Uint8Array) => void): Steps {
  for (const piece of pieces(bytes)) {
    put(piece);
    yield;
  }
}

/** Cut between characters. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + PIECE_BYTES, bytes.length);
    for (let back = 0; back < 3 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80; back++) end--;
    yield bytes.subarray(start, end);
    start = end;
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
