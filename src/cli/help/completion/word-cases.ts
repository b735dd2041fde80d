/** The rows of the `case` with which bash and zsh check each word before the one to complete. */
import { type CompletionSpec, namesOf } from './spec.ts';

/** How a shell writes the parts of a row. */
export interface CaseSyntax {
  readonly pattern: (words: readonly string[]) => string;
  readonly list: (words: readonly string[]) => string;
  readonly add: (name: string, number: number | string) => string;
  /** The word at this distance after the option. */
  readonly wordAt: (offset: number) => string;
}

export function wordCases(spec: CompletionSpec, { pattern, list, add, wordAt }: CaseSyntax): string {
  const rows: string[] = [];
  const oneWord = (names: readonly string[], then: string): void => {
    if (names.length > 0)
      rows.push(`      ${pattern(names)} if ((last - i == 1)); then ${then}; else ${add('i', 1)}; fi ;;`);
  };
  for (const kind of ['none', 'file', 'directory'] as const)
    oneWord(
      namesOf(spec, ({ value }) => value === kind),
      `kind=${kind}`,
    );
  for (const { names, value } of spec.options)
    if (typeof value === 'object') oneWord(names, `kind=words want=${list(value)}`);
  const property = namesOf(spec, ({ value }) => value === 'property');
  if (property.length > 0) {
    const packets = Object.entries(spec.properties).map(([packet, all]) => `${pattern([packet])} want=${list(all)} ;;`);
    rows.push(`      ${pattern(property)}
        n=3
        [[ ${wordAt(2)} == ${spec.pair} ]] && ((last - i > 2)) && n=4
        if ((last - i > n)); then
          ${add('i', 'n')}
          continue
        fi
        case $((last - i)) in
          ${pattern(['1'])} kind=words want=${list(Object.keys(spec.properties))} ;;
          ${pattern(['2'])}
            kind=words
            case ${wordAt(1)} in
              ${packets.join('\n              ')}
            esac
            ;;
          ${pattern(['*'])} kind=none ;;
        esac
        break
        ;;`);
  }
  if (spec.forms !== undefined) rows.push(`      ${pattern(['-*'])} ;;`, `      ${pattern(['*'])} ${add('at', 1)} ;;`);
  return rows.join('\n');
}
