/** The key of `--psk`. */

/**
 * The bytes of hexadecimal digits as Mosquitto reads them, on both ends: pairs of zeros at the start are bytes, what
 * follows is a number in as few bytes as it needs.
 */
export function pskBytes(hex: string): Uint8Array {
  const zeros = /^(?:00)*/.exec(hex)![0].length / 2;
  const number = hex.replace(/^0+/, '');
  const digits = number.length % 2 === 0 ? number : `0${number}`;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(digits, 'hex')]);
}
