/** The subcommands of tspasswd that change a file. Everything slow is done before the file is opened for the change. */
import type { PasswdPlan } from '../../cli/passwd/parse.ts';
import { unreadableForBroker } from '../../passwd/broker-user.ts';
import { isFragment, judge } from '../../passwd/broker-verdict.ts';
import { hashEntries, plainEntries, putEntry, removeEntries } from '../../passwd/edit.ts';
import { corruptLine, entryAt, lineNumber, linesOf, linesOfUser, textAt } from '../../passwd/lines.ts';
import {
  changeFile,
  checkFolder,
  createPasswordFile,
  mustBeNew,
  type OpenedFile,
  openFile,
  resolve,
  warnings,
} from '../../passwd/password-file.ts';
import { PasswordFileError } from '../../passwd/password-file-error.ts';
import { hashPassword, type Recipe } from '../../passwd/schemes.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { lockSystem } from '../../runtime/lock-file.ts';
import { hintLine } from '../../util/phrases.ts';
import { printable } from '../../util/printable.ts';
import { showProgress } from '../terminal/progress.ts';
import { announce, print } from '../terminal/stdout.ts';
import { passwordFrom, type Undo } from './password.ts';

/** Hashes at a time: enough to keep every processor busy; more would only use memory. */
const AT_ONCE = 16;

export async function create(plan: PasswdPlan, io: DiskIo, undo: Undo): Promise<number> {
  const toStdout = plan.file === '-';
  const path = toStdout ? plan.file : resolve(io.fs, plan.file);
  // An empty file keeps its mode and owner, which are therefore checked as for every changed file.
  if (!toStdout && !plan.force && mustBeNew(io.fs, path) === 'empty') openForChange(io, plan.file);
  const field = await newField(plan, io, undo);
  const line = Buffer.concat([plan.user, Buffer.from(`:${field}\n`)]);
  if (toStdout) {
    await print(io, line);
    return 0;
  }
  await createPasswordFile(path, lockSystem(io), line, plan.force);
  await announceUser(io, 'Adding', plan.user);
  hintForBroker(path, io);
  return 0;
}

export async function put(plan: PasswdPlan, io: DiskIo, undo: Undo): Promise<number> {
  const { path } = openForChange(io, plan.file);
  const field = await newField(plan, io, undo);
  let lines: number[] = [];
  await changeFile(path, lockSystem(io), (file) => {
    const { content, found } = putEntry(file, plan.user, field);
    lines = found.length > 1 ? found.map((start) => lineNumber(file, start)) : [...found];
    return content;
  });
  await announceUser(io, lines.length > 0 ? 'Updating' : 'Adding', plan.user);
  if (lines.length > 1)
    io.stderr(
      `Warning: User ${printable(plan.user.toString())} appears in lines ${lines.join(', ')}, and all were updated.\n${hintLine('Delete all but one of these lines: brokers from 2.1 on refuse the file.')}`,
    );
  return 0;
}

/** Stores the same password in another scheme, unless the entry has changed since it was read. */
export async function upgrade(path: string, user: Buffer, old: string, field: string, io: DiskIo): Promise<boolean> {
  let done = false;
  await changeFile(path, lockSystem(io), (file) => {
    const fields = [...linesOfUser(file, user)].map(({ entry }) => textAt(file, entry.hash));
    done = fields.length > 0 && fields.every((found) => found === old);
    return done ? putEntry(file, user, field).content : undefined;
  });
  return done;
}

export async function remove(plan: PasswdPlan, io: DiskIo): Promise<number> {
  const { path } = openForChange(io, plan.file);
  let found = 0;
  await changeFile(path, lockSystem(io), (file) => {
    const change = removeEntries(file, plan.user);
    found = change.found.length;
    return found > 0 ? change.content : undefined;
  });
  if (found > 0) return 0;
  io.stderr(`Warning: User ${printable(plan.user.toString())} not found in password file.\n`);
  return 1;
}

export async function hashPlain(plan: PasswdPlan, io: DiskIo): Promise<number> {
  const { path } = openForChange(io, plan.file);
  const known = new Map<string, string>();
  let content = openFile(io.fs, path, 'change').content;
  const corrupt = corruptLine(content);
  // The words of mosquitto_passwd, which rejects comments and empty lines as corrupt, too.
  if (corrupt !== undefined) throw new PasswordFileError(`Corrupt password file at line ${corrupt}.`);
  warnArgon2(plan, io, [...plainEntries(content)].length);
  for (let complete = false; !complete; ) {
    const total = [...plainEntries(content)].length;
    const stop = showProgress(io, false, () => ({ done: known.size, what: 'hashed', total }));
    await hashMissing(content, plan, known).finally(stop);
    await changeFile(path, lockSystem(io), (file) => {
      const fields = [...plainEntries(file)].map((entry) => known.get(keyOf(entry)));
      complete = !fields.includes(undefined);
      content = file;
      // Another process has added a plain-text password in the meantime, which has to be hashed first.
      return complete && fields.length > 0 ? hashEntries(file, fields as string[]) : undefined;
    });
  }
  for (const line of leftovers(content)) io.stderr(`${line}\n`);
  return 0;
}

/** The program keeps mode and owner, because only the owner decides whether the broker may read the file. */
function hintForBroker(path: string, io: DiskIo): void {
  const stat = io.fs.lstatSync(path, { throwIfNoEntry: false });
  const closed = unreadableForBroker(io.fs, path, stat, io.broker());
  if (closed !== undefined) io.stderr(hintLine(`${closed.fault.replace('the', 'The')}. ${closed.hint}`));
}

const keyOf = ({ user, password }: { user: Buffer; password: Buffer }): string =>
  `${user.toString('latin1')}\n${password.toString('latin1')}`;

async function hashMissing(file: Buffer, recipe: Recipe, known: Map<string, string>): Promise<void> {
  const missing = [...plainEntries(file)].filter((entry) => !known.has(keyOf(entry)));
  const next = missing.values();
  const worker = async (): Promise<void> => {
    for (const entry of next) known.set(keyOf(entry), await hashPassword(entry.password, recipe));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What brokers will still refuse: entries that are neither plain text nor a known hash or were damaged, and users that appear twice. */
function leftovers(file: Buffer): string[] {
  const lines: string[] = [];
  const first = new Map<string, number>();
  for (const line of linesOf(file)) {
    const entry = entryAt(file, line);
    if (entry === undefined) continue;
    const name = printable(file.toString('utf8', entry.user.start, entry.user.end));
    const field = textAt(file, entry.hash);
    const { kind, reason } = judge(field);
    if (isFragment(field))
      lines.push(
        `Warning: Line ${line.number}: user ${name} had a damaged hash, which was hashed like a plain-text password.`,
      );
    else if (kind === 'crypt' || kind === 'hash' || kind === 'none')
      lines.push(`Warning: Line ${line.number}: user ${name} was not changed: ${reason}.`);
    const user = textAt(file, entry.user);
    const before = first.get(user);
    if (before === undefined) first.set(user, line.number);
    else lines.push(`Warning: Line ${line.number}: user ${name} also appears in line ${before}.`);
  }
  return lines;
}

/** Opens the file and prints every warning, so that a problem is known before the prompt for a password. */
function openForChange(io: DiskIo, file: string): OpenedFile {
  const opened = openFile(io.fs, resolve(io.fs, file), 'change', 'MOSQUITTO_UNSAFE_ALLOW_SYMLINKS' in io.env);
  for (const line of warnings(opened, io.account(), io.broker())) io.stderr(`${line}\n`);
  const inPlace = checkFolder(io.fs, opened.path);
  if (inPlace !== undefined) io.stderr(`${inPlace}\n`);
  return opened;
}

async function newField(plan: PasswdPlan, io: DiskIo, undo: Undo): Promise<string> {
  const password = await passwordFrom(plan.password, io, undo, true);
  warnArgon2(plan, io);
  try {
    return await hashPassword(password, plan);
  } finally {
    password.fill(0);
  }
}

function warnArgon2({ scheme }: Recipe, io: DiskIo, entries = 1): void {
  if (scheme === 'argon2id' && entries > 0)
    io.stderr('Warning: Only brokers built with Argon2 accept argon2id. Others from 2.1 on refuse the whole file.\n');
}

async function announceUser(io: DiskIo, what: 'Adding' | 'Updating', user: Buffer): Promise<void> {
  await announce(io, Buffer.concat([Buffer.from(`${what} password for user `), user, Buffer.from('\n')]));
}
