/** What completion knows of a program, whatever the shell. */
import type { Completion } from '../../options/option.ts';

export interface CompletionOption {
  readonly names: readonly string[];
  readonly about: string;
  /** What may stand behind it; `flag` takes no word, `property` is `-D`. */
  readonly value: Completion | 'flag' | 'property';
}

export interface CompletionSpec {
  readonly program: string;
  readonly options: readonly CompletionOption[];
  /** What a word may be that is no option. */
  readonly operands: 'none' | 'file';
  /** Words that an operand may be beside that. */
  readonly forms?: readonly string[];
  /** The names of the properties that each packet takes. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  /** The property with one more word than the others. */
  readonly pair: string;
}

/** The names of all options of a kind, for a pattern of a shell. */
export const namesOf = ({ options }: CompletionSpec, isWanted: (option: CompletionOption) => boolean): string[] =>
  options.filter(isWanted).flatMap(({ names }) => names);
