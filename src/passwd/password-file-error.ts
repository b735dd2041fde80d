/** Why a password file could not be read or changed: the whole text for standard error. */
import { Failure, type Remedy } from '../errors.ts';

export class PasswordFileError extends Failure {
  /** With every line end. */
  readonly text: string;

  constructor(message: string, remedy?: Remedy) {
    super('file', { message, status: 1, remedy });
    this.name = 'PasswordFileError';
    this.text = `Error: ${message}\n`;
  }

  /** Some of the original's messages do not begin like the others. */
  static bare(...lines: string[]): PasswordFileError {
    const error = new PasswordFileError(lines.join(' '));
    Object.assign(error, { text: lines.map((line) => `${line}\n`).join('') });
    return error;
  }
}
