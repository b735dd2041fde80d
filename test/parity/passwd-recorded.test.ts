/**
 * Recorded runs of mosquitto_passwd 2.1, repeated with tspasswd: standard output, standard error, exit status and the
 * files afterwards are the same. departures.ts lists the runs that differ on purpose, and the golden file has what
 * tspasswd does (UPDATE=1 rewrites it).
 */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matches, parseField } from '../../src/passwd/schemes.ts';
import { commandForEverybody } from '../support/everybody.ts';
import { UPDATING } from '../support/golden.ts';
import { withoutBrokerHint, withoutHint } from '../support/hint.ts';
import { literally } from '../support/lines.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { isDeparture, PASSWD_ANSWERS, PASSWD_ANSWERS_FILE } from './departures.ts';

interface FileState {
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly content?: string;
  readonly target?: string;
}

interface Recorded {
  readonly id: string;
  readonly tool_version: string;
  readonly case: string;
  readonly argv: readonly (string | { readonly repeat: string; readonly count: number })[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly tty?: true;
  readonly run_as: string;
  readonly files_before: Readonly<Record<string, FileState>>;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly files_after: Readonly<Record<string, FileState>>;
  readonly hashes?: Readonly<
    Record<string, { readonly scheme: string; readonly iterations: number | null; readonly of_password: string }>
  >;
}

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly files: Readonly<Record<string, FileState>>;
}

const here = import.meta.dirname;
const records = (JSON.parse(readFileSync(join(here, '../fixtures/passwd-diagnostics.json'), 'utf8')) as Recorded[])
  // The terminal has a test of its own.
  .filter((record) => record.tool_version === '2.1.2' && record.tty !== true);
const written: Record<string, Result> = {};

const isRoot = process.getuid?.() === 0;
const ORDINARY = 65_534;
const AS_ORDINARY = ['--reuid', `${ORDINARY}`, '--regid', `${ORDINARY}`, '--clear-groups'];
const USAGE = /^(mosquitto_passwd is a tool|Usage: tspasswd)[\s\S]*$/;
const VERSION = /^tspasswd \d\S* \(.*\)\nTLS +OpenSSL [\s\S]*argon2 +yes$/m;
const needsRoot = ({ run_as, files_before }: Recorded): boolean =>
  run_as !== 'root' || Object.values(files_before).some(({ uid, gid }) => uid !== undefined || gid !== undefined);

function prepare(record: Recorded, folder: string): void {
  chmodSync(folder, record.run_as !== 'root' && !record.case.includes('directory not writable') ? 0o777 : 0o755);
  for (const [name, file] of Object.entries(record.files_before)) {
    const path = join(folder, name);
    if (file.type === 'symlink') symlinkSync(file.target!, path);
    else if (file.type === 'directory') mkdirSync(path);
    else writeFileSync(path, Buffer.from(file.content!, 'utf8'));
    if (file.type === 'symlink') continue;
    if (file.uid !== undefined || file.gid !== undefined) chownSync(path, file.uid ?? 0, file.gid ?? 0);
    chmodSync(path, Number.parseInt(file.mode!, 8));
  }
}

function filesOf(folder: string): Record<string, FileState> {
  const files: Record<string, FileState> = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) files[name] = { type: 'symlink', target: readlinkSync(path) };
    else {
      files[name] = {
        type: stat.isDirectory() ? 'directory' : 'file',
        mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
        ...(isRoot && stat.uid !== 0 ? { uid: stat.uid } : {}),
        ...(isRoot && stat.gid !== 0 ? { gid: stat.gid } : {}),
        ...(stat.isDirectory() ? {} : { content: readFileSync(path, 'utf8') }),
      };
    }
  }
  return files;
}

/** Puts {hash1} and so on where new hashes stand, if they are of the recorded kind and for the recorded passwords. */
async function nameHashes(text: string, expected: string, hashes: Recorded['hashes']): Promise<string> {
  const parts = expected.split(/(\{hash\d+\})/);
  const pattern = parts.map((part, i) => (i % 2 === 1 ? '([^:\\n]+)' : literally(part))).join('');
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (found === null || hashes === undefined) return text;
  for (const [i, name] of parts.filter((_, at) => at % 2 === 1).entries()) {
    const stored = parseField(found[i + 1]!);
    const wanted = hashes[name.slice(1, -1)]!;
    const same = stored?.scheme === wanted.scheme && (stored.iterations ?? null) === wanted.iterations;
    if (!same || stored.salt.length !== 12 || !(await matches(Buffer.from(wanted.of_password), stored))) return text;
  }
  return expected;
}

/** Where an ordinary user can start the program, wherever the repository and Node are. */
let reachable: readonly string[] = [];

beforeAll(() => {
  if (isRoot) reachable = commandForEverybody('tspasswd', []);
});

async function repeat(record: Recorded): Promise<Result> {
  const folder = tempDir();
  prepare(record, folder);
  const fill = (text: string): string => text.replaceAll('{tmp}', folder);
  const argv = record.argv.map((word) => (typeof word === 'string' ? fill(word) : word.repeat.repeat(word.count)));
  const options = { cwd: folder, stdin: record.stdin ?? '', env: record.env ?? {} };
  const { stdout, stderr, status } =
    record.run_as === 'root'
      ? await run('tspasswd', argv, options)
      : await run('setpriv', [...AS_ORDINARY, ...reachable, ...argv], options);
  const anonymous = (text: string): string =>
    text.replaceAll(folder, '{tmp}').replaceAll(/(?<=\.backup\.)[A-Za-z0-9]{6}/g, '{random}');
  const files: Record<string, FileState> = {};
  for (const [name, state] of Object.entries(filesOf(folder))) {
    const expected = record.files_after[name]?.content;
    files[name] =
      state.content === undefined || expected === undefined
        ? state
        : { ...state, content: await nameHashes(state.content, expected, record.hashes) };
  }
  return {
    stdout: (await nameHashes(anonymous(stdout.toString('utf8')), record.stdout, record.hashes))
      .replace(USAGE, 'usage')
      .replace(VERSION, 'version'),
    stderr: withoutBrokerHint(withoutHint(anonymous(stderr), status)),
    exit: status ?? -1,
    files,
  };
}

const expectedOf = (record: Recorded): Result => ({
  stdout: record.stdout.replace(USAGE, 'usage'),
  stderr: record.stderr,
  exit: record.exit,
  files: record.files_after,
});

/** What a golden file can keep: new hashes are new each time. */
const stable = (result: Result): Result =>
  JSON.parse(
    JSON.stringify(result).replaceAll(
      /\$7\$(\d+)\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==|\$argon2id\$[^\\":]+/g,
      (field, iterations) =>
        iterations === undefined ? field.replace(/\$[^$]+\$[^$]+$/, '') : `{pbkdf2 ${iterations}}`,
    ),
  ) as Result;

describe('a recorded run', () => {
  for (const record of records) {
    const title = `${record.id}: ${record.case}`;
    it.skipIf(!isRoot && needsRoot(record))(title, async () => {
      const result = await repeat(record);
      if (!isDeparture(record.id)) {
        expect(result).toEqual(expectedOf(record));
        return;
      }
      expect(result, 'it is listed as a departure and is none').not.toEqual(expectedOf(record));
      if (UPDATING) written[record.id] = stable(result);
      else expect(stable(result)).toEqual(PASSWD_ANSWERS[record.id]);
    });
  }
});

afterAll(() => {
  if (UPDATING)
    writeFileSync(
      PASSWD_ANSWERS_FILE,
      `${JSON.stringify(Object.fromEntries(Object.entries(written).sort()), null, 1)}\n`,
    );
});
