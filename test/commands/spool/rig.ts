// Spools with messages in them, and tsspool in memory.
import { join } from 'node:path';
import { expect } from 'vitest';
import { AS_RECORDED, jsonRecords } from '../../../src/commands/input/json-record.ts';
import { Failure } from '../../../src/errors.ts';
import { systemUser } from '../../../src/runtime/processes.ts';
import { Spool } from '../../../src/spool/spool.ts';
import { realSurroundings } from '../../support/surroundings.ts';
import { tempDir } from '../../support/tmp.ts';
import { runTool } from '../../support/tools.ts';

interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

export const tsspool = async (args: string[], stdin: string | Buffer = ''): Promise<Result> => {
  const { status, stdout, stderr } = await runTool('tsspool', args, { stdin });
  return { status, stdout, stderr };
};

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000 - 500).toISOString();
export const line = (topic: string, minutes: number, more: object = {}): string =>
  JSON.stringify({ tst: ago(minutes), topic, payload: `at ${topic}`, qos: 1, retain: false, ...more });

/** Made when they are asked for: their ages are in goldens. */
const messages = (): string[] => [
  line('plant/1/temperature', 2000),
  line('plant/1/pressure', 300),
  line('plant/2/temperature', 30, { qos: 2, retain: true }),
  line('plant/2/\u0007bell', 7),
  line('office', 3, { qos: 0, payload: null }),
];

export async function imported(lines: string): Promise<string> {
  const folder = join(tempDir(), 'spool');
  expect(await tsspool([folder, 'import'], lines)).toMatchObject({ status: 0, stderr: '' });
  return folder;
}

/** Not by way of import, which does not take every topic that an older version may have kept. */
export async function filled(): Promise<string> {
  const folder = join(tempDir(), 'spool');
  const read = jsonRecords(
    { ...AS_RECORDED, spooled: false },
    (problem) => new Failure('invalid-input', { message: problem }),
  );
  const drafts = messages().map((text) => read(Buffer.from(text))!);
  const around = {
    ...realSurroundings,
    user: systemUser(),
    report: () => {},
  };
  const { refusal } = await new Spool(folder, around, { make: true }).accept(
    drafts.map(({ recorded, ...draft }) => ({ ...draft, acceptedAt: recorded! })),
  );
  expect(refusal).toBeUndefined();
  return folder;
}
