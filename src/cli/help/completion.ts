/** `--completion SHELL`: a script that tells a shell the options, made from the tables. Loaded when it is asked for. */
import { PROPERTIES, type PropertyRow } from '../../mqtt/properties.ts';
import { BROKERS } from '../../passwd/broker-verdict.ts';
import { SCHEME_NAMES } from '../../passwd/schemes.ts';
import { COLORS } from '../colors.ts';
import { optionsOf } from '../options/index.ts';
import { completionOf, type Option } from '../options/option.ts';
import { OPTIONS as PASSWD_OPTIONS, type PasswdOption } from '../passwd/options.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { FORMS as SPOOL_FORMS, OPTIONS as SPOOL_OPTIONS, type SpoolOption } from '../spool/options.ts';
import { PROPERTY_TARGETS, targetsOf } from '../values/property.ts';
import { SHELLS, type Shell } from '../values/shells.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import type { CompletionOption, CompletionSpec } from './completion/spec.ts';
import { zshScript } from './completion/zsh.ts';
import { groupsOf } from './usage.ts';

const SCRIPTS: Readonly<Record<Shell, (spec: CompletionSpec) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function completionScript(program: ProgramId | 'passwd' | 'spool', shell: Shell): string {
  return SCRIPTS[shell](specOf(program));
}

function specOf(program: ProgramId | 'passwd' | 'spool'): CompletionSpec {
  if (program === 'passwd') return passwdSpec();
  return program === 'spool' ? spoolSpec() : clientSpec(program);
}

const QOS = ['0', '1', '2'];

function clientSpec(program: ProgramId): CompletionSpec {
  const valueKind = (option: Option): CompletionOption['value'] => {
    if (option.names[0] === '--help') return [...groupsOf(program), 'all'];
    if (option.arity === 'property') return 'property';
    if (option.arity === 0) return 'flag';
    const { type, min, max } = option.kind;
    return type === 'integer' && min === 0 && max === 2 ? QOS : completionOf(option);
  };
  const rows = PROPERTIES as readonly PropertyRow[];
  return {
    program: PROGRAMS[program].name,
    options: optionsOf(program).map((option) => ({
      names: option.names,
      about: option.help,
      value: valueKind(option),
    })),
    operands: 'none',
    properties: Object.fromEntries(
      PROPERTY_TARGETS.map((target) => [
        target,
        rows.filter((row) => targetsOf(row).includes(target)).map(({ name }) => name),
      ]),
    ),
    pair: 'user-property',
  };
}

const PASSWD_VALUES: Readonly<Record<string, CompletionOption['value']>> = {
  '-H': SCHEME_NAMES,
  '--salt-length': ['12', '64'],
  '--password-file': 'file',
  '--broker': BROKERS,
  '--color': COLORS,
  '--completion': SHELLS,
};

const SPOOL_VALUES: Readonly<Record<string, CompletionOption['value']>> = { '--color': COLORS, '--completion': SHELLS };

function passwdSpec(): CompletionSpec {
  return {
    program: 'tspasswd',
    options: PASSWD_OPTIONS.map((option: PasswdOption) => ({
      names: [option.name],
      about: option.help,
      value: option.value === undefined ? 'flag' : (PASSWD_VALUES[option.name] ?? 'none'),
    })),
    operands: 'file',
    properties: {},
    pair: '',
  };
}

function spoolSpec(): CompletionSpec {
  return {
    program: 'tsspool',
    options: SPOOL_OPTIONS.map((option: SpoolOption) => ({
      names: [option.name],
      about: option.help,
      value: option.value === undefined ? 'flag' : (SPOOL_VALUES[option.name] ?? 'none'),
    })),
    operands: 'file',
    forms: SPOOL_FORMS.map(({ name }) => name),
    properties: {},
    pair: '',
  };
}
