/** Completion for zsh: to be sourced, or to stand as `_tspub` in a folder of `$fpath`. */
import { type CompletionSpec, namesOf } from './spec.ts';

/** In single quotes; a colon ends the name of an option. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function zshScript(spec: CompletionSpec): string {
  const { program } = spec;
  const described = spec.options.flatMap(({ names, about }) => names.map((name) => quoted(`${name}:${about}`)));
  return `#compdef ${program}
# Completion of ${program} for zsh: source <(${program} --completion zsh), after compinit
_${program}() {
  local kind=${spec.operands === 'file' ? 'file' : 'option'} i n at=0 last=$CURRENT
  local -a want options line=("\${(@)words[1,CURRENT]}")
  options=(
    ${described.join('\n    ')}
  )
  [[ $line[last] == -* ]] && kind=option
  if [[ $line[last] == --*=* ]]; then
    kind=none
    line+=("\${line[last]#*=}")
    line[last]=\${line[last]%%=*}
    ((last += 1))
    compset -P 1 '*='
  fi
  for ((i = 2; i < last; i++)); do
    case $line[i] in
${cases(spec)}
    esac
  done
  case $kind in
    option) _describe -o option options ;;
    words) compadd -- $want ;;
    file) ${spec.forms === undefined ? '_files' : `if ((at == 0)); then _files -/; elif ((at == 1)); then compadd -- ${spec.forms.join(' ')}; fi`} ;;
    directory) _files -/ ;;
    none) return 1 ;;
  esac
}
if [[ $funcstack[1] == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

function cases(spec: CompletionSpec): string {
  const rows: string[] = [];
  const oneWord = (names: readonly string[], then: string): void => {
    if (names.length > 0)
      rows.push(`      (${names.join('|')}) if ((last - i == 1)); then ${then}; else ((i += 1)); fi ;;`);
  };
  for (const kind of ['none', 'file', 'directory'] as const)
    oneWord(
      namesOf(spec, ({ value }) => value === kind),
      `kind=${kind}`,
    );
  for (const { names, value } of spec.options)
    if (typeof value === 'object') oneWord(names, `kind=words want=(${value.join(' ')})`);
  const property = namesOf(spec, ({ value }) => value === 'property');
  if (property.length > 0) rows.push(propertyCase(property, spec));
  if (spec.forms !== undefined) rows.push('      (-*) ;;', '      (*) ((at += 1)) ;;');
  return rows.join('\n');
}

function propertyCase(names: readonly string[], { properties, pair }: CompletionSpec): string {
  const packets = Object.entries(properties).map(([packet, all]) => `(${packet}) want=(${all.join(' ')}) ;;`);
  return `      (${names.join('|')})
        n=3
        [[ $line[i+2] == ${pair} ]] && ((last - i > 2)) && n=4
        if ((last - i > n)); then
          ((i += n))
          continue
        fi
        case $((last - i)) in
          (1) kind=words want=(${Object.keys(properties).join(' ')}) ;;
          (2)
            kind=words
            case $line[i+1] in
              ${packets.join('\n              ')}
            esac
            ;;
          (*) kind=none ;;
        esac
        break
        ;;`;
}
