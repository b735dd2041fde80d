/** How tspub starts: with `--spool` it runs the code that stores messages on disk, otherwise the code that sends them at once. */
import { pub } from '../commands/pub/publisher.ts';
import { run } from './client-main.ts';

void run('pub', async (plan, io) => {
  if (plan.spool === undefined) return pub(plan, io);
  // Code for the spool is loaded only when needed.
  const { pubSpool } = await import('../commands/pub-spool/spool-run.ts');
  return pubSpool(plan, plan.spool, { ...io, ...(await io.machine()) });
});
