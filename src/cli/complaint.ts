/** What is printed about a command line that cannot be used, down to the last empty line. */
import { Failure, type FailureKind } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import type { Program } from './programs.ts';

/**
 * How a message stands among empty lines and the line that says where help is. The originals are not consistent in this;
 * scripts and people compare the output, so each message keeps its layout.
 */
interface BlankLines {
  /** Empty lines above the message. */
  readonly above?: 0 | 1;
  /** Empty lines between the message and the line that says where help is. */
  readonly blankLines?: 1 | 2;
  /** Whether there is that line. */
  readonly helpLine?: boolean;
}

/** What `--quiet` hides: of run-time errors all; of one kind of message the words, and the hint stays. */
type Hushed = 'nothing' | 'all' | 'message';

interface Details extends BlankLines {
  readonly hushed?: Hushed;
  /** A line that says where the words stand, if not on the command line. */
  readonly place?: string;
  /** Gives the exit status. */
  readonly kind?: FailureKind;
  /** A line of help of our own behind the words of the originals. Never a secret in it. */
  readonly hint?: string | undefined;
}

/** A message before it is known which program says it. Thrown inside cli/ only: the door turns it into a UsageError. */
export class Complaint extends Error {
  readonly details: Details;

  constructor(text: string, details: Details = {}) {
    super(text);
    this.name = 'Complaint';
    this.details = details;
  }

  get hint(): string | undefined {
    return this.details.hint;
  }

  /** The same, of words that stand elsewhere. */
  at(place: string): Complaint {
    return new Complaint(this.message, { ...this.details, place });
  }

  /** The same, with a line of help, if there is one to give. */
  hinting(hint: string | undefined): Complaint {
    return new Complaint(this.message, { ...this.details, hint });
  }
}

export const usage = (text: string, layout?: BlankLines): Complaint => new Complaint(text, layout);
/** Found after reading the command line, where the originals count it as a run-time error: `--quiet` hides it. */
export const runtimeError = (text: string): Complaint => new Complaint(text, { helpLine: false, hushed: 'all' });
/** Of a proxy: `--quiet` before it on the line hides the message, but not the line that says where help is. */
export const ofProxy = (text: string): Complaint => new Complaint(text, { hushed: 'message' });
/** Good on the line, but nothing that we run on can do it. Exit status 10. */
export const unsupported = (reason: string): Complaint =>
  new Complaint(`Error: This feature is not supported: ${reason}.`, {
    helpLine: false,
    hushed: 'all',
    kind: 'not-supported',
  });

/** The command line cannot be used. Exit status 1, or that of the kind of the complaint. */
export class UsageError extends Failure {
  /** Everything for standard error, as it is. Empty when `--quiet` hides it. */
  readonly stderr: string;
  /** What `--color` said before the fault. */
  readonly color: ColorWhen;

  constructor(program: Program, complaint: Complaint, quiet: boolean, color: ColorWhen = 'auto') {
    const {
      above = 0,
      blankLines = 1,
      helpLine = true,
      hushed = 'nothing',
      place,
      kind = 'usage',
      hint,
    } = complaint.details;
    super(kind, { message: complaint.message.replace(/^Error: /, '') });
    this.name = 'UsageError';
    this.color = color;
    const ownHint = hint === undefined || quiet ? undefined : `Hint: ${hint}`;
    const text = [complaint.message, place, ownHint].filter((line) => line !== undefined).join('\n');
    const help = `Use '${program.name} --help' to see usage.\n`;
    if (quiet && hushed !== 'nothing') this.stderr = hushed === 'all' ? '' : `\n${help}`;
    else this.stderr = `${'\n'.repeat(above)}${text}\n${helpLine ? '\n'.repeat(blankLines) + help : ''}`;
  }
}
