/** The table of all options, and functions that find an option in it. */
import type { ProgramId } from '../programs.ts';
import { CHECKING } from './checking.ts';
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

const ROWS = [
  ...CHECKING,
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
] as const;

/** The type of the rows, including their literal texts. */
export type OptionRow = (typeof ROWS)[number];

export const OPTIONS: readonly Option[] = ROWS;

const tables = new Map<
  ProgramId,
  { readonly options: readonly Option[]; readonly byName: ReadonlyMap<string, Option> }
>();

function tableOf(program: ProgramId) {
  const known = tables.get(program);
  if (known !== undefined) return known;
  const options = OPTIONS.filter((option) => option.programs.includes(program));
  const table = { options, byName: new Map(options.flatMap((option) => option.names.map((name) => [name, option]))) };
  tables.set(program, table);
  return table;
}

/** The options of a program, in the order of the table. */
export const optionsOf = (program: ProgramId): readonly Option[] => tableOf(program).options;

/** The program's option of this name, or undefined. */
export const findOption = (program: ProgramId, name: string): Option | undefined => tableOf(program).byName.get(name);
