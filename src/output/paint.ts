/** Which colors output to a terminal has. This file and chalk are loaded only when colors are on. */
import { Chalk } from 'chalk';
import type { Paint } from '../runtime/io.ts';

/** Level 1 has the sixteen colors of every terminal; the caller has decided that colors are on. */
const chalk = new Chalk({ level: 1 });

/** The colors of standard output. Payloads have none. */
export const paint: Paint = {
  topic: (text) => chalk.cyan(text),
  sent: (line) => chalk.green(line),
  received: (line) => chalk.blue(line),
  heading: (text) => chalk.bold(text),
};

const MESSAGES: readonly (readonly [begins: RegExp, color: (line: string) => string])[] = [
  [/^(Error|Connection error|Unable to connect|All subscription requests|Timed out)\b/, chalk.red],
  [/^Warning: /, chalk.yellow],
  [/^(Hint: | {2}-> )/, chalk.cyan],
  [/^\* /, chalk.bold],
];

/** Colors each line of standard error by its first words. */
export function paintMessage(text: string): string {
  return text.replace(/.+/g, (line) => {
    const color = MESSAGES.find(([begins]) => begins.test(line))?.[1];
    return color === undefined ? line : color(line);
  });
}
