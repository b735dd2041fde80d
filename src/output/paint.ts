/** The colours of what is printed on a terminal. Loaded, and chalk with it, only when there are to be some. */
import { Chalk } from 'chalk';
import type { Paint } from '../runtime/io.ts';

/** The sixteen colours that every terminal has; whether there are to be any was decided before. */
const chalk = new Chalk({ level: 1 });

/** For standard output. Payloads stay as they are. */
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

/** For standard error: each line by what it begins with. */
export function paintMessage(text: string): string {
  return text.replace(/.+/g, (line) => {
    const color = MESSAGES.find(([begins]) => begins.test(line))?.[1];
    return color === undefined ? line : color(line);
  });
}
