/** What completion needs to know about a program, for every shell. */
import type { Completion } from '../../options/option.ts';

export interface CompletionOption {
  readonly names: readonly string[];
  readonly about: string;
  /** What follows the option; `flag` has no value, `property` is `-D`. */
  readonly value: Completion | 'flag' | 'property';
}

export interface CompletionSpec {
  readonly program: string;
  readonly options: readonly CompletionOption[];
  /** What a word may be that is not an option. */
  readonly operands: 'none' | 'file';
  /** Other words that an operand may be. */
  readonly forms?: readonly string[];
  /** Names of the properties of each packet. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  /** The property with one word more than the others. */
  readonly pair: string;
}

/** The names of all options of a kind, as a pattern for a shell. */
export const namesOf = ({ options }: CompletionSpec, isWanted: (option: CompletionOption) => boolean): string[] =>
  options.filter(isWanted).flatMap(({ names }) => names);
