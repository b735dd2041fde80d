// A file of compiled code: what V8 made, and at its end a checksum by which load-compiled.cjs sees that it was made from
// exactly the readable code beside it, and that it is whole.
const { crc32 } = require('node:zlib');

const CHECKSUM_BYTES = 4;

/**
 * @param {Buffer} compiled
 * @param {Buffer} code
 */
exports.seal = (compiled, code) => {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(compiled, crc32(code)));
  return Buffer.concat([compiled, checksum]);
};

/**
 * @param {Buffer} file
 * @param {Buffer} code
 */
exports.isSealed = (file, code) => {
  const end = file.length - CHECKSUM_BYTES;
  return end > 0 && crc32(file.subarray(0, end), crc32(code)) === file.readUInt32LE(end);
};
