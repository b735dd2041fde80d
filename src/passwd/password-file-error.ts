/** Why a password file could not be read or changed: the whole text for standard error. */
import { Failure } from '../errors.ts';

export class PasswordFileError extends Failure {
  /** With every line end. */
  readonly text: string;

  /** `hint`: an instruction, printed after the words of mosquitto_passwd. */
  constructor(message: string, hint?: string) {
    super('file', { message, status: 1 });
    this.name = 'PasswordFileError';
    this.text = `Error: ${message}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`;
  }

  /** Some of the original's messages do not begin like the others. */
  static bare(...lines: string[]): PasswordFileError {
    const error = new PasswordFileError(lines.join(' '));
    Object.assign(error, { text: lines.map((line) => `${line}\n`).join('') });
    return error;
  }
}
