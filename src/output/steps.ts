/** How long work on a message runs in steps, with a pause after each in which keepalive and signals are handled. */
import { cutBefore, isWellFormed } from '../util/utf8.ts';

/** Each step puts a part of the output, or nothing. */
export type Steps<Result = void> = Generator<undefined, Result>;

/** A payload above this size is printed in steps. */
export const LARGE_BYTES = 256 * 1024;
/** Most bytes that a step reads or writes. A multiple of 3, so that base64 has no padding between steps. */
export const STEP_BYTES = 3 * 128 * 1024;

/** Puts the bytes in parts, one per step. */
export function* inParts(bytes: Uint8Array, put: (part: Uint8Array) => void): Steps {
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    put(bytes.subarray(at, at + STEP_BYTES));
    yield;
  }
}

/** Whether the bytes are well-formed UTF-8. */
export function* isWellFormedInSteps(bytes: Uint8Array): Steps<boolean> {
  for (let at = 0; at < bytes.length; ) {
    const end = cutBefore(bytes, at + STEP_BYTES);
    if (!isWellFormed(bytes, at, end)) return false;
    at = end;
    yield;
  }
  return true;
}
