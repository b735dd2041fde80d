/** What is printed about an invalid command line, down to the last empty line. */
import { Failure, type FailureKind } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import { hintLine } from '../util/phrases.ts';
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
  /** What to do: a sentence of our own after the words of the originals. Never a secret in it. */
  readonly hint?: string | undefined;
  /** The same where quotes are ordinary characters: in an options file and in the environment. Default: `hint`. */
  readonly placedHint?: string | undefined;
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

  /** The same, of words in another place than the command line. */
  at(place: string): Complaint {
    const { placedHint: hint = this.hint } = this.details;
    return new Complaint(this.message, { ...this.details, place, hint });
  }

  /** The same, with what to do, if anything is known. `placed`: what to do in an options file, if that differs. */
  hinting(hint: string | undefined, placed?: string): Complaint {
    return new Complaint(this.message, { ...this.details, hint, placedHint: placed });
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
    super(kind, { message: complaint.message.replace(/^Error: /, ''), advice: hint });
    this.name = 'UsageError';
    this.color = color;
    const ownHint = hint === undefined || quiet ? '' : hintLine(hint);
    const text = `${[complaint.message, place].filter((line) => line !== undefined).join('\n')}\n${ownHint}`;
    const help = `Use '${program.name} --help' to see usage.\n`;
    if (quiet && hushed !== 'nothing') this.stderr = hushed === 'all' ? '' : `\n${help}`;
    else this.stderr = `${'\n'.repeat(above)}${text}${helpLine ? '\n'.repeat(blankLines) + help : ''}`;
  }
}
