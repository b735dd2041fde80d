/** tscheck: runs health checks over as few connections as possible, prints what they come to, and exits with the worst status. */

import { type CheckResult, type Verdict, verdict } from '../../check/result.ts';
import { UNKNOWN, worst } from '../../check/status.ts';
import type { CheckJob, CheckPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { BrokerIo } from '../broker/connection.ts';
import { Run } from '../run.ts';
import { ConnectionChecks } from './connection-checks.ts';
import { report } from './report.ts';
import type { FinishJob, Work } from './work.ts';

export async function check(plan: CheckPlan, io: BrokerIo): Promise<number> {
  const run = new Run(plan, io);
  const results: CheckResult[] = [];
  let missing = plan.jobs.length;
  let complete = (): void => {};
  const judged = new Promise<void>((resolve) => {
    complete = resolve;
  });
  const finish = (job: CheckJob, outcome: Verdict): void => {
    const at = plan.jobs.indexOf(job);
    if (results[at] !== undefined) return;
    results[at] = { ...outcome, check: job.spec.kind, label: job.label, broker: job.broker };
    if (--missing === 0) complete();
  };
  const works = await worksOf(plan.jobs, io, finish);
  run.onSignal(() => {
    for (const work of works) work.cutShort(verdict(UNKNOWN, 'a signal ended tscheck before it had a verdict'));
  });
  for (const work of works) work.start();
  await judged;
  const status = worst(results.map((result) => result.status));
  try {
    await report(results, plan, io);
  } catch (error) {
    // Without a message, the reader of standard output has gone.
    const { message } = Failure.of(error);
    if (message !== '') run.warn(`Error: ${message}\n`);
    return UNKNOWN;
  }
  await Promise.all(works.map((work) => work.over));
  return status;
}

/** What only some checks need is loaded for them: certificates bring node:crypto with them, a tenth of a short run. */
async function worksOf(jobs: readonly CheckJob[], io: BrokerIo, finish: FinishJob): Promise<Work[]> {
  const remembers = jobs.some(({ spec }) => spec.kind === 'fresh' && spec.state !== undefined);
  const memory = remembers ? await import('./memory.ts') : undefined;
  const works: Work[] = groupsOf(jobs).map((group) => new ConnectionChecks(group, io, finish, memory?.remembering));
  const certificates = jobs.filter(({ spec }) => spec.kind === 'cert');
  if (certificates.length === 0) return works;
  const { checkCertificate } = await import('./certificate.ts');
  return [...works, ...certificates.map((job) => checkCertificate(job, io, finish))];
}

/** Jobs that ask for the same connection share it. */
function groupsOf(jobs: readonly CheckJob[]): readonly (readonly CheckJob[])[] {
  const groups = new Map<string, CheckJob[]>();
  for (const job of jobs) {
    if (job.spec.kind === 'cert') continue;
    const group = groups.get(job.connection) ?? [];
    groups.set(job.connection, group);
    group.push(job);
  }
  return [...groups.values()];
}
