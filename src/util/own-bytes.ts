/**
 * No transport reads into memory that it uses again in longer pieces than this, so what is longer lies in memory made for it: a
 * packet that came in several reads, or a WebSocket frame.
 */
export const LONGEST_SHARED_BYTES = 512 * 1024;

/** Bytes that came from a connection, to be kept: a copy, where the next read may overwrite them or much else would be kept too. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  const { length, buffer } = bytes;
  if (length <= LONGEST_SHARED_BYTES || length * 2 < buffer.byteLength) return new Uint8Array(bytes);
  return new Uint8Array(buffer, bytes.byteOffset, length);
}
