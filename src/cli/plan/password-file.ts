/** `--password-file`: a password that is neither on the command line nor in the environment. */
import { looseModeWarning } from '../../util/phrases.ts';
import { runtimeError, usage } from '../complaint.ts';
import type { Settings } from '../options/settings.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { MAX_FIELD_BYTES } from '../values/kinds.ts';
import type { PayloadSource } from '../values/payload-source.ts';

/** Bytes: the longest password and a line end. */
const MOST = MAX_FIELD_BYTES + 2;

const LF = 0x0a;
const CR = 0x0d;
const STANDARD_INPUT: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** The password in the file, and a warning. Returns undefined without a file. Throws a Complaint. */
export function readPasswordFile(
  { passwordFile: path, source }: Settings,
  { readSecretFile: read = () => ({ reason: 'No such file or directory' }) }: LineSurroundings,
): { readonly password: Uint8Array; readonly warnings: readonly string[] } | undefined {
  if (path === undefined) return undefined;
  if (STANDARD_INPUT.has(path) && readsStandardInput(source)) {
    throw usage('Error: Standard input cannot be both the password and the message.');
  }
  const file = read(path, MOST);
  if ('reason' in file) throw runtimeError(`Error: Unable to read password file "${path}": ${file.reason}.`);
  const password = withoutLineEnd(file.bytes);
  if (password.length === 0) throw runtimeError(`Error: The password file "${path}" is empty.`);
  if (password.length > MAX_FIELD_BYTES) {
    throw runtimeError(`Error: The password in file "${path}" is longer than ${MAX_FIELD_BYTES} bytes.`);
  }
  const warning = looseModeWarning('password file', path, file.mode);
  return { password, warnings: warning === undefined ? [] : [warning] };
}

function readsStandardInput(source: PayloadSource | undefined): boolean {
  if (source?.kind === 'file') return STANDARD_INPUT.has(source.path);
  return source?.kind === 'stdin' || source?.kind === 'lines';
}

/** Removes one line end, which an editor or `echo` adds; every other byte belongs to the password. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== LF) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CR ? -2 : -1);
}
