/**
 * Completion for bash. bash splits words at `:` and `=`, so the script first joins them. bash itself completes names of
 * files, because it knows quotes, `~` and unusual characters; bash 3 of macOS cannot (no compopt), so there the script
 * lists the files.
 */
import { type CompletionSpec, namesOf } from './spec.ts';
import { type CaseSyntax, wordCases } from './word-cases.ts';

const SYNTAX: CaseSyntax = {
  pattern: (words) => `${words.join('|')})`,
  list: (words) => `'${words.join(' ')}'`,
  add: (name, number) => `${name}=$((${name} + ${number}))`,
  wordAt: (offset) => `\${words[i + ${offset}]}`,
};

export function bashScript(spec: CompletionSpec): string {
  const { program } = spec;
  return `# Completion of ${program} for bash: eval "$(${program} --completion bash)"
_${program}() {
  local kind=${spec.operands === 'file' ? 'file' : 'option'} glue='' want='' word='' before='' i=0 n=0 at=0 last=0 cur=''
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word == [:=] ]]; then
      words[\${#words[@]}-1]+=$word
      glue=1
    elif [[ -n $glue ]]; then
      words[\${#words[@]}-1]+=$word
      glue=''
    else
      words+=("$word")
    fi
  done
  last=$((\${#words[@]} - 1))
  cur=\${words[last]}
  [[ $cur == -* ]] && kind=option
  if [[ $cur == --*=* ]]; then
    kind=none
    # Where = cuts no words, what is offered has the name of the option before it.
    [[ \${COMP_WORDS[COMP_CWORD]} == "$cur" ]] && before=\${cur%%=*}=
    words[last]=\${cur%%=*}
    cur=\${cur#*=}
    words+=("$cur")
    last=$((last + 1))
  fi
  for ((i = 1; i < last; i++)); do
    case \${words[i]} in
${wordCases(spec, SYNTAX)}
    esac
  done
  COMPREPLY=()
  local IFS=$'\\n'
  case $kind in
    option) COMPREPLY=($(compgen -W '${namesOf(spec, () => true).join('\n')}' -- "$cur")) ;;
    words) COMPREPLY=($(IFS=' '; compgen -P "$before" -W "$want" -- "$cur")) ;;
${names(spec)}
    directory) compopt -o dirnames 2> /dev/null || _${program}_names -d ;;
  esac
}
_${program}_names() {
  local name
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$cur")
}
complete -F _${program} ${program}
`;
}

/** Words of the program itself follow a directory. */
const names = ({ program, forms }: CompletionSpec): string =>
  forms === undefined
    ? `    file) compopt -o default 2> /dev/null || _${program}_names -f ;;`
    : `    file)
      case $at in
        0) compopt -o dirnames 2> /dev/null || _${program}_names -d ;;
        1) COMPREPLY=($(IFS=' '; compgen -W '${forms.join(' ')}' -- "$cur")) ;;
      esac
      ;;`;
