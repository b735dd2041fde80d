/** What is printed about an invalid command line, down to the last empty line. */
import { Failure, type FailureKind } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import type { Program } from './programs.ts';

/**
 * The layout of a message: empty lines, and the line that refers to help. The Mosquitto clients are not consistent in
 * it; scripts and people compare the output, so each message keeps its layout.
 */
interface BlankLines {
  /** Empty lines above the message. */
  readonly above?: 0 | 1;
  /** Empty lines between the message and the line that refers to help. */
  readonly blankLines?: 1 | 2;
  /** Whether that line is printed. */
  readonly helpLine?: boolean;
}

/** What `--quiet` hides: everything of a run-time error; of one kind of message the text, but not the hint. */
type Hushed = 'nothing' | 'all' | 'message';

interface Details extends BlankLines {
  readonly hushed?: Hushed;
  /** A line with the place of the words, when it is not the command line. */
  readonly place?: string;
  /** Decides the exit status. */
  readonly kind?: FailureKind;
  /** Our own hint after a message of Mosquitto. It never contains a secret. */
  readonly hint?: string | undefined;
}

/** A message that does not name its program yet. Thrown only inside cli/; command-line.ts turns it into a UsageError. */
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

  /** A copy about words in another place. */
  at(place: string): Complaint {
    return new Complaint(this.message, { ...this.details, place });
  }

  /** A copy with a hint, if there is one. */
  hinting(hint: string | undefined): Complaint {
    return new Complaint(this.message, { ...this.details, hint });
  }
}

export const usage = (text: string, layout?: BlankLines): Complaint => new Complaint(text, layout);
/** Found after reading the command line. The Mosquitto clients count it as a run-time error, so `--quiet` hides it. */
export const runtimeError = (text: string): Complaint => new Complaint(text, { helpLine: false, hushed: 'all' });
/** About a proxy: an earlier `--quiet` hides the message, but not the line that refers to help. */
export const ofProxy = (text: string): Complaint => new Complaint(text, { hushed: 'message' });
/** Valid, but unsupported by this runtime. Exit status 10. */
export const unsupported = (reason: string): Complaint =>
  new Complaint(`Error: This feature is not supported: ${reason}.`, {
    helpLine: false,
    hushed: 'all',
    kind: 'not-supported',
  });

/** The command line is invalid. Exit status 1, or that of the complaint's kind. */
export class UsageError extends Failure {
  /** The exact text for standard error. Empty when `--quiet` hides it. */
  readonly stderr: string;
  /** The value of `--color` before the error. */
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
