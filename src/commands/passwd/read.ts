/** The subcommands of tspasswd that mosquitto_passwd does not have: check, list, verify. */
import type { PasswdPlan } from '../../cli/passwd/parse.ts';
import { Failure } from '../../errors.ts';
import { unreadableForBroker } from '../../passwd/broker-user.ts';
import { judge } from '../../passwd/broker-verdict.ts';
import { isSha512Crypt, matchesCrypt } from '../../passwd/crypt3.ts';
import { linesOfUser, textAt } from '../../passwd/lines.ts';
import { openFile, resolve } from '../../passwd/password-file.ts';
import { checkContent, type ListedUser, listUsers } from '../../passwd/report.ts';
import { hashPassword, matches, type Recipe } from '../../passwd/schemes.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { hintLine } from '../../util/phrases.ts';
import { printable } from '../../util/printable.ts';
import { announce, print } from '../terminal/stdout.ts';
import { passwordFrom, type Undo } from './password.ts';
import { upgrade } from './write.ts';

export async function check(plan: PasswdPlan, io: DiskIo): Promise<number> {
  const paint = io.paint?.heading ?? String;
  const path = resolve(io.fs, plan.file);
  const { content, stat } = openFile(io.fs, path, 'read');
  const { entries, problems } = checkContent(content, plan.broker && [plan.broker]);
  const closed = unreadableForBroker(io.fs, path, stat, io.broker());
  const lines = problems.map(({ line, user, text, brokers }) => {
    const who = user === undefined ? '' : ` user ${user}:`;
    return `${paint(`${plan.file}:${line}:`)}${who} ${text} (refused by broker ${brokers.join(', ')})\n`;
  });
  if (closed !== undefined) lines.unshift(`${paint(`${plan.file}:`)} ${closed.fault}\n`);
  if (plan.json) {
    const found = { file: plan.file, entries, problems, unreadable: closed?.fault };
    await print(io, `${JSON.stringify(found)}\n`);
  } else if (lines.length > 0) await print(io, lines.join(''));
  else await print(io, `${plan.file}: no problem in ${entries === 1 ? '1 entry' : `${entries} entries`}\n`);
  if (closed !== undefined) io.stderr(hintLine(closed.hint));
  return lines.length === 0 ? 0 : 1;
}

export async function list(plan: PasswdPlan, io: DiskIo): Promise<number> {
  const users = [...listUsers(openFile(io.fs, resolve(io.fs, plan.file), 'read').content)];
  if (plan.json) await print(io, `${JSON.stringify({ file: plan.file, users })}\n`);
  else await print(io, users.map((user) => listed(user, io.paint?.topic)).join(''));
  return 0;
}

function listed(
  { user, kind, iterations, saltLength, acceptedBy }: ListedUser,
  paint: (name: string) => string = String,
): string {
  const columns = [paint(user), kind];
  if (iterations !== undefined) columns.push(`iterations ${iterations}`);
  if (saltLength !== undefined) columns.push(`salt ${saltLength}`);
  if (acceptedBy.length === 0) columns.push('refused');
  return `${columns.join('\t')}\n`;
}

export async function verify(plan: PasswdPlan, io: DiskIo, undo: Undo): Promise<number> {
  let path: string;
  let content: Buffer;
  try {
    path = resolve(io.fs, plan.file);
    content = openFile(io.fs, path, plan.upgrade ? 'change' : 'read').content;
  } catch (error) {
    throw asUnknown(error);
  }
  const password = await passwordFrom(plan.password, io, undo, false);
  const user = printable(plan.user.toString());
  try {
    // Brokers of 2.0 use the last of several entries; those of 2.1 refuse the file.
    const entry = [...linesOfUser(content, plan.user)].at(-1)?.entry;
    const field = entry ? textAt(content, entry.hash) : undefined;
    const right =
      field === undefined ? false : await isRight(password, field).catch((e: unknown) => Promise.reject(asUnknown(e)));
    if (right === undefined) {
      io.stderr(`Error: The entry of user ${user} cannot be verified: ${judge(field ?? '').reason ?? 'unknown'}.\n`);
      return 2;
    }
    if (!right) {
      io.stderr(`Error: Wrong user or password: ${user}.\n`);
      return 1;
    }
    await announce(io, `Right password for user ${user}\n`);
    const old = field!;
    if (!plan.upgrade) {
      const { reason, refusedBy } = judge(old);
      if (reason !== undefined)
        io.stderr(
          `Warning: Broker ${refusedBy.join(', ')} refuses this entry: ${reason}.\n${hintLine('Use --upgrade to rehash the password.')}`,
        );
      return 0;
    }
    if (isAsWanted(old, plan)) return 0;
    if (!(await upgrade(path, plan.user, old, await hashPassword(password, plan), io))) {
      io.stderr(
        `Error: The entry of user ${user} was not rehashed: it was changed in the meantime, or another entry differs.\n`,
      );
      return 2;
    }
    await announce(io, `Updating password for user ${user}\n`);
    return 0;
  } finally {
    password.fill(0);
  }
}

/** Gives "unknown" another exit status than "wrong", for scripts. */
function asUnknown(error: unknown): unknown {
  return error instanceof Failure ? Object.assign(error, { status: 2 }) : error;
}

/** Resolves with undefined when the scheme of the hash is unknown. */
async function isRight(password: Buffer, field: string): Promise<boolean | undefined> {
  if (isSha512Crypt(field)) return matchesCrypt(password, field);
  const { stored } = judge(field);
  return stored && matches(password, stored);
}

/** True when the hash is as strong as a new entry, and every broker that can read a new entry can read it. */
function isAsWanted(field: string, { scheme, iterations, saltLength }: Recipe): boolean {
  const { stored, refusedBy } = judge(field);
  if (stored?.scheme !== scheme) return false;
  if (scheme === 'argon2id') return true;
  return (
    (stored.iterations ?? iterations) >= iterations && (refusedBy.length === 0 || stored.salt.length === saltLength)
  );
}
