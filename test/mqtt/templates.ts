/** Packets of version 5 around any property section, in notation. */
const CARRIERS: Record<string, (properties: string) => string> = {
  connect: (properties) => `10 {"MQTT" 05 02 003c {${properties}} "c"}`,
  will: (properties) => `10 {"MQTT" 05 06 003c {} "c" {${properties}} "w" 0000}`,
  connack: (properties) => `20 {00 00 {${properties}}}`,
  publish: (properties) => `30 {"t" {${properties}} 'x'}`,
  puback: (properties) => `40 {0001 10 {${properties}}}`,
  pubrec: (properties) => `50 {0001 10 {${properties}}}`,
  pubrel: (properties) => `62 {0001 92 {${properties}}}`,
  pubcomp: (properties) => `70 {0001 92 {${properties}}}`,
  subscribe: (properties) => `82 {0001 {${properties}} "t" 00}`,
  suback: (properties) => `90 {0001 {${properties}} 00}`,
  unsubscribe: (properties) => `a2 {0001 {${properties}} "t"}`,
  unsuback: (properties) => `b0 {0001 {${properties}} 00}`,
  disconnect: (properties) => `e0 {04 {${properties}}}`,
  auth: (properties) => `f0 {18 {${properties}}}`,
};

export const PLACES = Object.keys(CARRIERS);

/** A packet with these properties in this place, right but for them. */
export function carrier(place: string, properties: string): string {
  return CARRIERS[place]!(properties);
}

interface TableRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly range: string;
}

export interface Sample {
  /** Identifier and value. */
  readonly wire: string;
  readonly value: unknown;
}

/** The values at the ends of what the standard allows. */
export function sampleValues(row: TableRow): Sample[] {
  const id = row.id.toString(16).padStart(2, '0');
  const hex = (value: number, width: number): string => value.toString(16).padStart(width * 2, '0');
  const numbers = (width: number): Sample[] =>
    rangeOf(row.range).map((value) => ({ wire: `${id} ${hex(value, width)}`, value }));
  switch (row.type) {
    case 'byte':
      return numbers(1);
    case 'int16':
      return numbers(2);
    case 'int32':
      return numbers(4);
    case 'varint':
      return [
        { wire: `${id} 01`, value: 1 },
        { wire: `${id} ffffff7f`, value: 268_435_455 },
      ];
    case 'string':
      return row.name === 'response-topic'
        ? [{ wire: `${id} "r/\u00e9"`, value: 'r/\u00e9' }]
        : [
            { wire: `${id} ""`, value: '' },
            { wire: `${id} "\u{1f600} + #"`, value: '\u{1f600} + #' },
          ];
    case 'binary':
      return [
        { wire: `${id} 0000`, value: new Uint8Array(0) },
        { wire: `${id} 0002 00ff`, value: Buffer.from([0, 255]) },
      ];
    case 'string-pair':
      return [
        { wire: `${id} "" ""`, value: ['', ''] },
        { wire: `${id} "k" "\u20ac"`, value: ['k', '\u20ac'] },
      ];
    default:
      throw new Error(`type ${row.type}`);
  }
}

function rangeOf(range: string): number[] {
  const found = /^(\d+) (?:or|to) (\d+)/.exec(range)!;
  return [Number(found[1]), Number(found[2])];
}
