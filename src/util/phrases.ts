/** Which phrases recur in messages for users. */

/** `1 message`, `2 messages`: a number with its noun. */
export const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The line with what to do after a message: the one form of hints. `text` is a sentence, with its capital and full stop. */
export const hintLine = (text: string): string => `Hint: ${text}\n`;

/** A path as a word for a POSIX shell, for commands that users paste and run. */
export function shellQuoted(path: string): string {
  // A leading dash would begin an option.
  const word = path.startsWith('-') ? `./${path}` : path;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const READABLE_BY_OTHERS = 0o044;

/** The warning for a secret file that other users can read; undefined when they cannot, or the file has no mode. */
export function looseModeWarning(what: string, path: string, mode = 0): string | undefined {
  if ((mode & READABLE_BY_OTHERS) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return `Warning: Other users can read the ${what} "${path}" (mode ${octal}): run chmod 600 ${shellQuoted(path)}`;
}
