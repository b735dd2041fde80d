/** `--state`: the file in which `fresh` remembers topics from run to run. */
import type { Remembered } from '../../check/checks/fresh.ts';
import type { Remembering } from '../../check/spec.ts';
import { Failure } from '../../errors.ts';
import { errnoOf, readRegular, systemFiles } from '../../runtime/files.ts';
import { reasonOf } from '../../util/errno.ts';
import { writeWhole } from './write-whole.ts';

/** 200,000 topics or so. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Throws a Failure when the file is there and cannot be used. */
export function remembering(path: string): Remembering {
  return {
    memory: { topics: read(path) },
    remember: (topics) => {
      const rows = [...topics].map(([topic, { since, heard, digest }]) => [topic, { since, heard, digest }] as const);
      // Read again: another check, or another run, may have written topics of its own since.
      const all = Object.fromEntries([...read(path), ...rows]);
      writeWhole(path, Buffer.from(`${JSON.stringify({ topics: all })}\n`), '--state');
    },
  };
}

const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const isRemembered = ({ since, heard, digest }: Remembered): boolean =>
  isTime(since) && [heard, digest].every((value) => value === undefined || isTime(value));

function read(path: string): ReadonlyMap<string, Remembered> {
  let text: string;
  try {
    text = readRegular(systemFiles, path, MOST_BYTES).toString();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return new Map();
    throw new Failure('file', { message: `Unable to read the --state file "${path}": ${reasonOf(errno)}` });
  }
  try {
    const { topics } = JSON.parse(text) as { topics: Record<string, Remembered> };
    const rows = Object.entries(topics);
    if (!Array.isArray(topics) && rows.every(([, row]) => isRemembered(row))) return new Map(rows);
  } catch {
    // As below.
  }
  throw new Failure('file', { message: `The --state file "${path}" was not written by tscheck` });
}
