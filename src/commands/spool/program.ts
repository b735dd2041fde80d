/** tsspool: from a plan to an exit status. */
import type { FormName } from '../../cli/spool/options.ts';
import type { SpoolPlan } from '../../cli/spool/parse.ts';
import { Failure } from '../../errors.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { Spool } from '../../spool/spool.ts';
import { spoolSystem } from './io.ts';
import { list, shape, show, verify } from './read.ts';
import { drop, exportLines, importLines } from './write.ts';

/** Subcommands that need an existing spool. */
const FORMS: Readonly<
  Record<Exclude<FormName, 'import'>, (plan: SpoolPlan, spool: Spool, io: DiskIo) => Promise<number>>
> = { list, shape, show, drop, export: exportLines, verify };

export async function spool(plan: SpoolPlan, io: DiskIo): Promise<number> {
  if (plan.form === 'import') return importLines(plan, io);
  const opened = new Spool(plan.folder, spoolSystem(io), { make: false });
  if (opened.clientId === undefined && opened.look().segments.length === 0)
    throw new Failure('file', {
      message: `${plan.folder} is not a spool: it contains no messages`,
      advice: 'Check the name of the directory. tspub --spool DIR creates a spool.',
    });
  return FORMS[plan.form](plan, opened, io);
}
