/**
 * Bytes as the tests write them down:
 *
 *   c0 00      hex digits, in pairs, blanks as one likes
 *   'MQTT'     the UTF-8 form of a text
 *   "MQTT"     a string field: two length bytes, then the UTF-8 form
 *   {...}      a variable byte integer with the number of bytes inside, then those bytes
 */
export function bytes(notation: string): Buffer {
  let pos = 0;

  function group(end: string | undefined): Buffer {
    const parts: Buffer[] = [];
    for (;;) {
      const character = notation[pos];
      if (character === end) {
        pos++;
        return Buffer.concat(parts);
      }
      if (character === undefined) throw new Error(`missing ${end} in ${notation}`);
      if (character === ' ' || character === '\n') {
        pos++;
      } else if (character === '{') {
        pos++;
        const inner = group('}');
        parts.push(varint(inner.length), inner);
      } else if (character === "'" || character === '"') {
        const close = notation.indexOf(character, pos + 1);
        if (close < 0) throw new Error(`missing ${character} in ${notation}`);
        const text = Buffer.from(notation.slice(pos + 1, close));
        if (character === '"') parts.push(Buffer.from([text.length >> 8, text.length & 0xff]));
        parts.push(text);
        pos = close + 1;
      } else {
        const pair = notation.slice(pos, pos + 2);
        if (!/^[0-9a-f]{2}$/.test(pair)) throw new Error(`'${pair}' at ${pos} in ${notation}`);
        parts.push(Buffer.from(pair, 'hex'));
        pos += 2;
      }
    }
  }

  return group(undefined);
}

/** A variable byte integer as the standard's pseudo code makes it [MQTT 5, 1.5.5]. */
export function varint(value: number): Buffer {
  const out: number[] = [];
  let x = value;
  do {
    let encoded = x % 128;
    x = Math.floor(x / 128);
    if (x > 0) encoded += 128;
    out.push(encoded);
  } while (x > 0);
  return Buffer.from(out);
}

/** A string field around any bytes, in notation: what a sender without scruples would write. */
export function field(hex: string): string {
  const length = bytes(hex).length;
  return `${length.toString(16).padStart(4, '0')} ${hex}`;
}
