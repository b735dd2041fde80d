/** A path as a word for a POSIX shell: in commands that people are told to run, and paste. */
export function shellQuoted(path: string): string {
  // Behind a program's name, a dash would begin an option.
  const word = path.startsWith('-') ? `./${path}` : path;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
