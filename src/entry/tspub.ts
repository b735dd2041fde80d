import { pub } from '../commands/pub/publisher.ts';
import { run } from './client-main.ts';

void run('pub', async (plan, io) => {
  if (plan.spool === undefined) return pub(plan, io);
  // What a spool needs is loaded when there is one.
  const { withSpool } = await import('./with-spool.ts');
  return withSpool(plan, plan.spool, io);
});
