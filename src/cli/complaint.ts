/** What a user is told about a command line that cannot be used, down to the last empty line. */
import { Failure, type FailureKind } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
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

/** What `--quiet` hides: of run-time errors all; of one kind of message the words, and the hint stays. */
type Hushed = 'nothing' | 'all' | 'message';

interface Details {
  readonly hushed?: Hushed;
  readonly place?: string | undefined;
  readonly kind?: FailureKind;
  readonly hint?: string | undefined;
}

/** A message before it is known which program says it. Thrown inside cli/ only: the door turns it into a UsageError. */
export class Complaint extends Error {
  readonly form: keyof typeof FORMS;
  readonly hushed: Hushed;
  /** A line that says where the words stand, if not on the command line. */
  readonly place: string | undefined;
  /** Gives the exit status. */
  readonly kind: FailureKind;
  /** A line of help of our own behind the words of the originals. Never a secret in it. */
  readonly hint: string | undefined;

  constructor(text: string, form: keyof typeof FORMS, details: Details = {}) {
    const { hushed = 'nothing', place, kind = 'usage', hint } = details;
    super(text);
    this.name = 'Complaint';
    this.form = form;
    this.hushed = hushed;
    this.place = place;
    this.kind = kind;
    this.hint = hint;
  }

  /** The same, of words that stand elsewhere. */
  at(place: string): Complaint {
    return new Complaint(this.message, this.form, { hushed: this.hushed, kind: this.kind, hint: this.hint, place });
  }

  /** The same, with a line of help, if there is one to give. */
  hinting(hint: string | undefined): Complaint {
    return new Complaint(this.message, this.form, { hushed: this.hushed, kind: this.kind, place: this.place, hint });
  }
}

export const close = (text: string): Complaint => new Complaint(text, 'close');
export const wide = (text: string): Complaint => new Complaint(text, 'wide');
export const bare = (text: string): Complaint => new Complaint(text, 'bare');
export const apart = (text: string): Complaint => new Complaint(text, 'apart');
/** Found after reading the command line, where the originals count it as a run-time error: no hint, and `--quiet` hides it. */
export const late = (text: string): Complaint => new Complaint(text, 'bare', { hushed: 'all' });
/** Of a proxy: `--quiet` before it on the line hides the message, but not the hint. */
export const ofProxy = (text: string): Complaint => new Complaint(text, 'close', { hushed: 'message' });
/** Good on the line, but nothing that we run on can do it. Exit status 10. */
export const unsupported = (reason: string): Complaint =>
  new Complaint(`Error: This feature is not supported: ${reason}.`, 'bare', { hushed: 'all', kind: 'not-supported' });

/** The command line cannot be used. Exit status 1, or that of the kind of the complaint. */
export class UsageError extends Failure {
  /** Everything for standard error, as it is. Empty when `--quiet` hides it. */
  readonly stderr: string;
  /** What `--color` said before the fault. */
  readonly color: ColorWhen;

  constructor(program: Program, complaint: Complaint, quiet: boolean, color: ColorWhen = 'auto') {
    super(complaint.kind, { message: complaint.message.replace(/^Error: /, '') });
    this.name = 'UsageError';
    this.color = color;
    const hint = `Use '${program.name} --help' to see usage.`;
    const help = complaint.hint === undefined || quiet ? undefined : `Hint: ${complaint.hint}`;
    const text = [complaint.message, complaint.place, help].filter((line) => line !== undefined).join('\n');
    const hushed = quiet ? complaint.hushed : 'nothing';
    this.stderr = hushed === 'all' ? '' : hushed === 'message' ? `\n${hint}\n` : FORMS[complaint.form](text, hint);
  }
}
