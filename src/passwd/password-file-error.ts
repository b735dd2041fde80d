/** Why a password file could not be read or changed: the whole text for standard error. */
import { Failure, type Remedy } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';

export class PasswordFileError extends Failure {
  /** Includes every newline. */
  readonly text: string;

  constructor(message: string, remedy?: Remedy) {
    super('file', { message, status: 1, remedy });
    this.name = 'PasswordFileError';
    this.text = `Error: ${message}\n`;
  }

  static unopened(path: string, errno: string, remedy?: Remedy): PasswordFileError {
    return new PasswordFileError(`Unable to open password file ${path}. ${reasonOf(errno)}.`, remedy);
  }

  /** For messages of mosquitto_passwd that lack the usual beginning. */
  static bare(...lines: string[]): PasswordFileError {
    const error = new PasswordFileError(lines.join(' '));
    Object.assign(error, { text: lines.map((line) => `${line}\n`).join('') });
    return error;
  }
}
