/** Completion for fish, which knows the grammar of options itself; only `-D` has more than one word. */
import type { CompletionOption, CompletionSpec } from './spec.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function fishScript(spec: CompletionSpec): string {
  const { program, operands, options, forms } = spec;
  return [
    `# Completion of ${program} for fish: ${program} --completion fish | source`,
    `complete -c ${program} -e`,
    ...(operands === 'file' && forms === undefined ? [] : [`complete -c ${program} -f`]),
    ...(forms === undefined ? [] : formLines(program, forms)),
    ...options.map((option) => optionLine(program, option, spec)),
    ...propertyLines(spec),
    '',
  ].join('\n');
}

/** First a directory, then one of the subcommands. */
function formLines(program: string, forms: readonly string[]): string[] {
  const words = 'test (__fish_number_of_cmd_args_wo_opts) -eq';
  return [
    `complete -c ${program} -n '${words} 1' -a '(__fish_complete_directories)'`,
    `complete -c ${program} -n '${words} 2' -a ${quoted(forms.join(' '))}`,
  ];
}

function optionLine(program: string, { names, about, value }: CompletionOption, spec: CompletionSpec): string {
  const shown = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return ['complete', `-c ${program}`, ...shown, ...valueWords(value, spec), `-d ${quoted(about)}`].join(' ');
}

function valueWords(value: CompletionOption['value'], { properties }: CompletionSpec): string[] {
  if (value === 'flag') return [];
  if (value === 'none') return ['-x'];
  if (value === 'file') return ['-r', '-F'];
  if (value === 'directory') return ['-x', "-a '(__fish_complete_directories)'"];
  const words = value === 'property' ? Object.keys(properties) : value;
  return ['-x', `-a ${quoted(words.join(' '))}`];
}

function propertyLines({ program, options, properties }: CompletionSpec): string[] {
  const names = options.find(({ value }) => value === 'property')?.names;
  if (names === undefined) return [];
  return [
    `function __${program}_property_of`,
    '    set -l words (commandline -opc)',
    `    test (count $words) -ge 3; and contains -- $words[-2] ${names.join(' ')}; and test $words[-1] = $argv[1]`,
    'end',
    ...Object.entries(properties).map(
      ([packet, all]) =>
        `complete -c ${program} -n '__${program}_property_of ${packet}' -f -a ${quoted(all.join(' '))}`,
    ),
  ];
}
