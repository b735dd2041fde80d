/** The root of tspub: with `--spool` what keeps messages on the disk, else what sends them at once. */
import { pub } from '../commands/pub/publisher.ts';
import { run } from './client-main.ts';

void run('pub', async (plan, io) => {
  if (plan.spool === undefined) return pub(plan, io);
  // What a spool needs is loaded when there is one.
  const { pubSpool } = await import('../commands/pub-spool/spool-run.ts');
  return pubSpool(plan, plan.spool, { ...io, ...(await io.machine()) });
});
