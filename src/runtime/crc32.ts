/** How records are checked: CRC-32 as in gzip and PNG (ISO 3309) detects an incomplete or damaged record. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** From this size on, zlib's function is used: it is ten times as fast, but loading it takes longer than a short text. */
const LARGE_BYTES = 1024 * 1024;

/** `before` is the checksum of the preceding bytes. */
export function crc32(bytes: Uint8Array, before = 0): number {
  if (bytes.length >= LARGE_BYTES) return process.getBuiltinModule('node:zlib').crc32(bytes, before);
  let value = ~before;
  for (let i = 0; i < bytes.length; i++) value = TABLE[(value ^ bytes[i]!) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
