/** The options that the originals do not have, documented as the fixture documents theirs. */
import type { DocumentedOption } from './support.ts';

const ALL = ['pub', 'sub', 'rr'] as const;

export const OWN_OPTIONS: readonly DocumentedOption[] = [
  {
    names: ['--ws-path'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --ws-path argument given but no path specified.',
  },
  {
    names: ['--ws-header'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --ws-header argument given but no header specified.',
  },
  {
    names: ['--password-file'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --password-file argument given but no file specified.',
  },
  { names: ['--explain'], commands: ALL, arity: 0 },
  {
    names: ['--connect-timeout'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --connect-timeout argument given but no time specified.',
    min: 0.001,
    bad: 'Error: --connect-timeout argument must be >0.0.',
  },
  {
    names: ['--retry'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --retry argument given but no count specified.',
    min: 0,
    bad: 'Error: --retry argument must be >=0.',
  },
  {
    names: ['--retry-delay'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --retry-delay argument given but no time specified.',
    min: 0,
    bad: 'Error: --retry-delay argument must be >=0.0.',
  },
  {
    names: ['--retry-max-time'],
    commands: ALL,
    arity: 1,
    missing: 'Error: --retry-max-time argument given but no time specified.',
    min: 0,
    bad: 'Error: --retry-max-time argument must be >=0.0.',
  },
  { names: ['-0', '--null'], commands: ALL, arity: 0 },
  { names: ['--topic-from-line'], commands: ['pub'], arity: 0 },
  {
    names: ['--delimiter'],
    commands: ['pub'],
    arity: 1,
    missing: 'Error: --delimiter argument given but no text specified.',
  },
  { names: ['--json-lines'], commands: ['pub'], arity: 0 },
  {
    names: ['--replay-speed'],
    commands: ['pub'],
    arity: 1,
    missing: 'Error: --replay-speed argument given but no speed specified.',
  },
  { names: ['--summary'], commands: ['pub'], arity: 0 },
  {
    names: ['--unsent'],
    commands: ['pub'],
    arity: 1,
    missing: 'Error: --unsent argument given but no file specified.',
  },
];
