/** What a user is told about a command line that cannot be used, down to the last empty line. */
import { Failure } from '../errors.ts';
import type { Program } from './programs.ts';

/**
 * How a message stands among the empty lines and the hint of where to find help. The originals are not consistent in
 * this; scripts and people compare the output, so each message keeps its form.
 */
const FORMS = {
  /** Message, empty line, hint. */
  close: (text: string, hint: string) => `${text}\n\n${hint}\n`,
  /** Message, two empty lines, hint. */
  wide: (text: string, hint: string) => `${text}\n\n\n${hint}\n`,
  /** The message alone. */
  bare: (text: string) => `${text}\n`,
  /** An empty line, then the message alone. */
  apart: (text: string) => `\n${text}\n`,
} as const;

/** A message before it is known which program says it. Thrown inside cli/ only: the door turns it into a UsageError. */
export class Complaint extends Error {
  readonly form: keyof typeof FORMS;
  /** Counts as a run-time error, so `--quiet` hides it. */
  readonly hushable: boolean;
  /** A line that says where the words stand, if not on the command line. */
  readonly place: string | undefined;

  constructor(text: string, form: keyof typeof FORMS, hushable = false, place?: string) {
    super(text);
    this.name = 'Complaint';
    this.form = form;
    this.hushable = hushable;
    this.place = place;
  }

  /** The same, of words that stand elsewhere. */
  at(place: string): Complaint {
    return new Complaint(this.message, this.form, this.hushable, place);
  }
}

export const close = (text: string): Complaint => new Complaint(text, 'close');
export const wide = (text: string): Complaint => new Complaint(text, 'wide');
export const bare = (text: string): Complaint => new Complaint(text, 'bare');
export const apart = (text: string): Complaint => new Complaint(text, 'apart');
/** Found after reading the command line, where the originals count it as a run-time error: no hint, and `--quiet` hides it. */
export const late = (text: string): Complaint => new Complaint(text, 'bare', true);

/** The command line cannot be used. Exit status 1. */
export class UsageError extends Failure {
  /** Everything for standard error, as it is. Empty when `--quiet` hides it. */
  readonly stderr: string;

  constructor(program: Program, complaint: Complaint, quiet: boolean) {
    super('usage', { message: complaint.message.replace(/^Error: /, '') });
    this.name = 'UsageError';
    const hint = `Use '${program.name} --help' to see usage.`;
    const text = complaint.place === undefined ? complaint.message : `${complaint.message}\n${complaint.place}`;
    this.stderr = quiet && complaint.hushable ? '' : FORMS[complaint.form](text, hint);
  }
}
