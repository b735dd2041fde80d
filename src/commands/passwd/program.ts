/** tspasswd: from a plan to an exit status. */

import { versionLines } from '../../cli/help/version.ts';
import type { PasswdPlan } from '../../cli/passwd/plan.ts';
import { Failure } from '../../errors.ts';
import { hasArgon2 } from '../../passwd/argon2id.ts';
import { PasswordFileError } from '../../passwd/password-file-error.ts';
import { computesLong } from '../../passwd/schemes.ts';
import { Interrupted } from '../terminal/prompt.ts';
import { type PasswdIo, print, Quiet, type Undo } from './io.ts';
import { check, list, verify } from './read.ts';
import { create, hashPlain, put, remove } from './write.ts';

/** What a shell reports for a program that a signal ended. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

export async function passwd(plan: PasswdPlan, io: PasswdIo): Promise<number> {
  const undoing: (() => void)[] = [];
  // A signal is heard only where the work waits, and it never waits while a file is being changed.
  const interrupted = new Promise<number>((resolve) => {
    for (const name of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[])
      io.onSignal(name, () => {
        for (const undo of undoing.splice(0)) undo();
        io.statusLine?.erase();
        if (computesLong()) io.endBy(name);
        resolve(SIGNALS[name]);
      });
  });
  const work = execute(plan, io, (undo) => undoing.push(undo)).catch((error: unknown) => explain(error, io));
  return Promise.race([interrupted, work]);
}

async function execute(plan: PasswdPlan, io: PasswdIo, undo: Undo): Promise<number> {
  switch (plan.form) {
    case 'text':
      await print(io, plan.text);
      if (plan.hint !== undefined) io.stderr(`Hint: ${plan.hint}\n`);
      return plan.status;
    case 'completion': {
      const { completionScript } = await import('../../cli/help/completion.ts');
      await print(io, completionScript('passwd', plan.shell));
      return 0;
    }
    case 'version': {
      const { features } = await import('../../runtime/features.ts');
      await print(io, versionLines('tspasswd', plan.version, plan.runtime, await features(hasArgon2)));
      return 0;
    }
    case 'create':
      return create(plan, io, undo);
    case 'put':
      return put(plan, io, undo);
    case 'delete':
      return remove(plan, io);
    case 'hash':
      return hashPlain(plan, io);
    case 'check':
      return check(plan, io);
    case 'list':
      return list(plan, io);
    case 'verify':
      return verify(plan, io, undo);
  }
}

async function explain(error: unknown, io: PasswdIo): Promise<number> {
  if (!(error instanceof Failure)) throw error;
  if (error instanceof PasswordFileError) io.stderr(error.text);
  else if (!(error instanceof Interrupted || error instanceof Quiet)) io.stderr(`Error: ${error.message}\n`);
  if (error.remedy !== undefined) io.stderr(`Hint: ${(await import('../../cli/advice.ts')).hintFor(error)}\n`);
  return error.status;
}
