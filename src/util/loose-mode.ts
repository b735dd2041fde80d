/** Files with secrets that others can read. */
import { shellQuoted } from './shell-quoted.ts';

const READABLE_BY_OTHERS = 0o044;

/** The line for a file of which others can read what is secret; undefined when they cannot, or the file has no mode. */
export function looseModeWarning(what: string, path: string, mode = 0): string | undefined {
  if ((mode & READABLE_BY_OTHERS) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return `Warning: Other users can read the ${what} "${path}" (mode ${octal}): run chmod 600 ${shellQuoted(path)}`;
}
