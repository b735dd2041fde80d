/**
 * When received bytes must be copied to be kept. Transports reuse their memory only for reads up to this size, so
 * longer pieces have memory of their own: a packet from several reads, or a WebSocket frame.
 */
export const LONGEST_SHARED_BYTES = 512 * 1024;

/** Received bytes to keep: a copy if the next read may overwrite them, or if they would keep much more memory alive. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  const { length, buffer } = bytes;
  if (length <= LONGEST_SHARED_BYTES || length * 2 < buffer.byteLength) return new Uint8Array(bytes);
  return new Uint8Array(buffer, bytes.byteOffset, length);
}
