/**
 * Completion for bash. bash cuts words at `:` and `=`, so they are put together first. Names of files are left to bash
 * itself, which knows quotes, `~` and names with odd characters; where it cannot be asked (bash 3 of macOS, which has no
 * compopt), they are listed.
 */
import { type CompletionSpec, namesOf } from './spec.ts';

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
${cases(spec)}
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

/** Where the program has words of its own, a folder stands before them. */
const names = ({ program, forms }: CompletionSpec): string =>
  forms === undefined
    ? `    file) compopt -o default 2> /dev/null || _${program}_names -f ;;`
    : `    file)
      case $at in
        0) compopt -o dirnames 2> /dev/null || _${program}_names -d ;;
        1) COMPREPLY=($(IFS=' '; compgen -W '${forms.join(' ')}' -- "$cur")) ;;
      esac
      ;;`;

function cases(spec: CompletionSpec): string {
  const rows: string[] = [];
  const oneWord = (names: readonly string[], then: string): void => {
    if (names.length > 0)
      rows.push(`      ${names.join('|')}) if ((last - i == 1)); then ${then}; else i=$((i + 1)); fi ;;`);
  };
  for (const kind of ['none', 'file', 'directory'] as const)
    oneWord(
      namesOf(spec, ({ value }) => value === kind),
      `kind=${kind}`,
    );
  for (const { names, value } of spec.options)
    if (typeof value === 'object') oneWord(names, `kind=words want='${value.join(' ')}'`);
  const property = namesOf(spec, ({ value }) => value === 'property');
  if (property.length > 0) rows.push(propertyCase(property, spec));
  if (spec.forms !== undefined) rows.push('      -*) ;;', '      *) at=$((at + 1)) ;;');
  return rows.join('\n');
}

function propertyCase(names: readonly string[], { properties, pair }: CompletionSpec): string {
  const packets = Object.entries(properties).map(([packet, all]) => `${packet}) want='${all.join(' ')}' ;;`);
  return `      ${names.join('|')})
        n=3
        [[ \${words[i + 2]} == ${pair} ]] && ((last - i > 2)) && n=4
        if ((last - i > n)); then
          i=$((i + n))
          continue
        fi
        case $((last - i)) in
          1) kind=words want='${Object.keys(properties).join(' ')}' ;;
          2)
            kind=words
            case \${words[i + 1]} in
              ${packets.join('\n              ')}
            esac
            ;;
          *) kind=none ;;
        esac
        break
        ;;`;
}
