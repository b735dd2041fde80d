/** tsspool: from a plan to an exit status. */

import { versionLines } from '../../cli/help/version.ts';
import type { SpoolPlan } from '../../cli/spool/plan.ts';
import { Failure } from '../../errors.ts';
import { Spool } from '../../spool/spool.ts';
import { print, ReaderGone, type SpoolIo, spoolSurroundings } from './io.ts';
import { list, shape, show, verify } from './read.ts';
import { drop, exportLines, importLines } from './write.ts';

export async function spool(plan: SpoolPlan, io: SpoolIo): Promise<number> {
  try {
    return await execute(plan, io);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!(error instanceof ReaderGone)) io.stderr(`Error: ${error.message}\n`);
    if (error.advice !== undefined) io.stderr(`Hint: ${error.advice}\n`);
    return error.status;
  }
}

async function execute(plan: SpoolPlan, io: SpoolIo): Promise<number> {
  if (plan.form === 'text') {
    await print(io, plan.text);
    return plan.status;
  }
  if (plan.form === 'version') {
    const { features } = await import('../../runtime/features.ts');
    const { hasArgon2 } = await import('../../passwd/argon2id.ts');
    await print(io, versionLines('tsspool', plan.version, plan.runtime, await features(hasArgon2)));
    return 0;
  }
  if (plan.form === 'completion') {
    const { completionScript } = await import('../../cli/help/completion.ts');
    await print(io, completionScript('spool', plan.shell));
    return 0;
  }
  if (plan.form === 'import') return importLines(plan, io);
  const opened = new Spool(plan.folder, spoolSurroundings(io), { make: false });
  if (opened.clientId === undefined && opened.look().segments.length === 0)
    throw new Failure('file', { message: `${plan.folder} is no spool: there is nothing in it` });
  switch (plan.form) {
    case 'list':
      return list(plan, opened, io);
    case 'shape':
      return shape(plan, opened, io);
    case 'show':
      return show(plan, opened, io);
    case 'drop':
      return drop(plan, opened, io);
    case 'export':
      return exportLines(plan, opened, io);
    case 'verify':
      return verify(plan, opened, io);
  }
}
