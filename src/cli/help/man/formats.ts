/** The texts of the manual pages about `-F`, around the tables of letters. `*x*` is to be typed as it is, `_X_` stands for a value. */

export const FORMAT_INTRO: readonly string[] = [
  'In the format of *-F*, a percent sign and a letter stand for a part of the message. Other characters are printed as they are. Each message ends with a newline, unless *-N* or *-0* is given.',
  'A number between them is a width: *%8l* pads with spaces on the left, *%-8l* on the right, and *%08l* pads with zeros. The width also cuts the payload: *%16p* prints its first 16 bytes at most. A point and a number cut a topic, as in *%.10t*, set the decimal places of *%d* and *%f*, and group the digits of *%x*. The letters after a percent sign are:',
];

export const FORMAT_ESCAPES: readonly (readonly [string, string])[] = [
  [
    '*@*_X_',
    'The local time, as strftime(3) formats it: *@H:@M:@S*. *@@* is the sign itself, and *@N* the nanoseconds.',
  ],
  [
    '*\\n*, *\\t*, *\\r*, *\\0*, *\\e*, *\\a*, *\\v*, *\\\\*',
    'Newline, tab, carriage return, NUL, escape, bell, vertical tab, backslash.',
  ],
];

export const FORMAT_EXAMPLES: readonly (readonly [string, string])[] = [
  ["-F '%t %p'", 'topic and payload, as -v prints them'],
  ["-F '%I %-20t %p'", 'the time, the topic in 20 columns, the payload'],
  ["-F '%U,%q,%r,%l'", 'for a table: time, QoS, retain flag, length'],
  ["-F '@H:@M:@S %x'", 'time of day, and the payload in hexadecimal'],
  ["-F '%j'", 'the whole message as a line of JSON'],
];
