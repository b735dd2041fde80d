/** tspasswd: from a plan to an exit status, or its end by a signal. */
import type { PasswdForm } from '../../cli/passwd/options.ts';
import type { PasswdPlan } from '../../cli/passwd/parse.ts';
import { PasswordFileError } from '../../passwd/password-file-error.ts';
import { computesLong } from '../../passwd/schemes.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { hintLine } from '../../util/phrases.ts';
import { SIGNAL_STATUS } from '../run.ts';
import type { Undo } from './password.ts';
import { check, list, verify } from './read.ts';
import { create, hashPlain, put, remove } from './write.ts';

const FORMS: Readonly<Record<PasswdForm, (plan: PasswdPlan, io: DiskIo, undo: Undo) => Promise<number>>> = {
  create,
  put,
  delete: remove,
  hash: hashPlain,
  check,
  list,
  verify,
};

/** Runs tspasswd. `endBy` ends the process at once by the signal's default action, whatever its threads do. */
export async function passwd(plan: PasswdPlan, io: DiskIo, endBy: (signal: NodeJS.Signals) => void): Promise<number> {
  const undoing: (() => void)[] = [];
  // A signal takes effect only while the work waits, and it never waits during a change of a file.
  const interrupted = new Promise<number>((resolve) => {
    for (const name of Object.keys(SIGNAL_STATUS) as (keyof typeof SIGNAL_STATUS)[])
      io.onSignal(name, () => {
        for (const undo of undoing.splice(0)) undo();
        io.statusLine?.erase();
        if (computesLong()) endBy(name);
        resolve(SIGNAL_STATUS[name]);
      });
  });
  const work = FORMS[plan.form](plan, io, (undo) => undoing.push(undo)).catch(async (error: unknown) => {
    if (!(error instanceof PasswordFileError)) throw error;
    io.stderr(error.text);
    if (error.remedy !== undefined) io.stderr(hintLine((await import('../../cli/advice.ts')).hintFor(error) ?? ''));
    return error.status;
  });
  return Promise.race([interrupted, work]);
}
