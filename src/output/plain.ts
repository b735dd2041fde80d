/** How a message without -F is printed: the payload alone, or after its topic (`-v`), byte for byte as in mosquitto_sub. */
import type { PublishPacket } from '../mqtt/types.ts';
import { escaped } from '../util/printable.ts';
import { putVisible } from './visible.ts';
import type { OutputWriter } from './writer.ts';

const BLANK = 0x20;
const LINE_END = 0x0a;
const NUL = 0;
const NULL_TEXT = Buffer.from('(null)');

/**
 * An empty payload prints nothing, or `(null)` after the topic; without newlines (`-N`) always nothing. With `nul`
 * (`-0`) it is a record like any other, so that every message gives one. `safely`: for a terminal.
 */
export function putPlain(
  output: OutputWriter,
  packet: PublishPacket,
  verbose: boolean,
  newline: boolean,
  nul = false,
  paint: (topic: string) => string = String,
  safely = false,
): void {
  const { payload } = packet;
  const isEmpty = payload.length === 0;
  if (isEmpty && !(verbose && newline)) {
    if (nul) output.byte(NUL);
    return;
  }
  if (verbose) {
    output.text(paint(safely ? escaped(packet.topic) : packet.topic));
    output.byte(BLANK);
  }
  if (isEmpty) output.bytes(NULL_TEXT);
  else if (safely) putVisible(output, payload);
  else output.bytes(payload);
  if (newline) output.byte(nul ? NUL : LINE_END);
}
