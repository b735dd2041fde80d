/** `--completion SHELL`: a script that completes the options in a shell, made from the tables. Loaded on request. */
import { PROPERTIES, type PropertyRow } from '../../mqtt/properties.ts';
import { optionsOf } from '../options/index.ts';
import { completionOf, type Option } from '../options/option.ts';
import { OPTIONS as PASSWD_OPTIONS } from '../passwd/options.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import type { SmallOption } from '../small-grammar.ts';
import { FORMS as SPOOL_FORMS, OPTIONS as SPOOL_OPTIONS } from '../spool/options.ts';
import { PROPERTY_TARGETS, targetsOf } from '../values/property.ts';
import type { Shell } from '../values/shells.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import type { CompletionOption, CompletionSpec } from './completion/spec.ts';
import { zshScript } from './completion/zsh.ts';
import { topicsOf } from './topics.ts';

const SCRIPTS: Readonly<Record<Shell, (spec: CompletionSpec) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function completionScript(program: ProgramId | 'passwd' | 'spool', shell: Shell): string {
  const script = SCRIPTS[shell];
  if (program === 'passwd') return script(smallSpec('tspasswd', PASSWD_OPTIONS));
  return script(program === 'spool' ? smallSpec('tsspool', SPOOL_OPTIONS, SPOOL_FORMS) : clientSpec(program));
}

const QOS = ['0', '1', '2'];

/** Whether it begins with a dash. */
const isOption = ({ names }: Option): boolean => names[0].startsWith('-');

function clientSpec(program: ProgramId): CompletionSpec {
  const valueKind = (option: Option): CompletionOption['value'] => {
    if (option.names[0] === '--help')
      return [...topicsOf(program), ...optionsOf(program).flatMap(({ names }) => names)];
    if (option.arity === 'property') return 'property';
    if (option.arity === 0) return 'flag';
    const { type, min, max } = option.kind;
    return type === 'integer' && min === 0 && max === 2 ? QOS : completionOf(option);
  };
  const rows = PROPERTIES as readonly PropertyRow[];
  // The checks of tscheck.
  const words = optionsOf(program).filter((option) => !isOption(option));
  return {
    program: PROGRAMS[program].name,
    options: optionsOf(program)
      .filter(isOption)
      .map((option) => ({ names: option.names, about: option.help, value: valueKind(option) })),
    operands: 'none',
    ...(words.length > 0 && { forms: words.map(({ names }) => names[0]) }),
    properties: Object.fromEntries(
      PROPERTY_TARGETS.map((target) => [
        target,
        rows.filter((row) => targetsOf(row).includes(target)).map(({ name }) => name),
      ]),
    ),
    pair: 'user-property',
  };
}

function smallSpec(
  program: string,
  options: readonly SmallOption[],
  forms?: readonly { readonly name: string }[],
): CompletionSpec {
  return {
    program,
    options: options.map(
      ({ name, help, value, choices, completion }): CompletionOption => ({
        names: [name],
        about: help,
        value: value === undefined ? 'flag' : (choices?.map(String) ?? completion ?? 'none'),
      }),
    ),
    operands: 'file',
    ...(forms && { forms: forms.map(({ name }) => name) }),
    properties: {},
    pair: '',
  };
}
