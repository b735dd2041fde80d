/** The table of all options, and looking one up. */

import type { ProgramId } from '../programs.ts';
import { CONNECTION } from './connection.ts';
import { EXEC } from './exec.ts';
import { MISC } from './misc.ts';
import { MQTT5 } from './mqtt5.ts';
import type { Option } from './option.ts';
import { OUTPUT } from './output.ts';
import { PUBLISHING } from './publishing.ts';
import { SESSION } from './session.ts';
import { SPOOL } from './spool.ts';
import { SUBSCRIBING } from './subscribing.ts';
import { TLS } from './tls.ts';
import { TRANSPORT } from './transport.ts';
import { WILL } from './will.ts';

export const OPTIONS: readonly Option[] = [
  ...CONNECTION,
  ...TRANSPORT,
  ...SESSION,
  ...PUBLISHING,
  ...SPOOL,
  ...SUBSCRIBING,
  ...EXEC,
  ...OUTPUT,
  ...WILL,
  ...MQTT5,
  ...TLS,
  ...MISC,
];

/** The options that a program has, in the order of the table. */
export function optionsOf(program: ProgramId): readonly Option[] {
  return OPTIONS.filter((option) => option.programs.includes(program));
}

const byName = new Map<ProgramId, Map<string, Option>>();

/** The option of this name that the program has, or undefined. */
export function findOption(program: ProgramId, name: string): Option | undefined {
  let names = byName.get(program);
  if (names === undefined) {
    names = new Map();
    byName.set(program, names);
    for (const option of optionsOf(program))
      for (const each of option.names) if (!names.has(each)) names.set(each, option);
  }
  return names.get(name);
}
