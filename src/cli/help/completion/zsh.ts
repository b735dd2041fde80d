/** Completion for zsh: source it, or save it as `_tspub` in a directory of `$fpath`. */
import type { CompletionSpec } from './spec.ts';
import { type CaseSyntax, wordCases } from './word-cases.ts';

const SYNTAX: CaseSyntax = {
  pattern: (words) => `(${words.join('|')})`,
  list: (words) => `(${words.join(' ')})`,
  add: (name, number) => `((${name} += ${number}))`,
  wordAt: (offset) => `$line[i+${offset}]`,
};

/** Text in single quotes. A colon ends the name of an option. */
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
${wordCases(spec, SYNTAX)}
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
