// A program against a scripted server, and what it then does.
import { expect } from 'vitest';
import { type FakeConnection, type FakeServer, fakeServer } from '../support/fake-server.ts';
import { run } from '../support/run.ts';
import { at, type Outcome, outcome } from './broker.ts';

export { accept, confirm, grant, packetIdOf, publishPacket } from '../support/answers.ts';

export const V3 = ['-V', 'mqttv311'];
export const V5 = ['-V', 'mqttv5'];

/** Starts a server that follows the script, runs a program against it, and hands both over. */
export async function against(
  handler: (connection: FakeConnection) => Promise<void>,
  program: 'tspub' | 'tssub',
  args: readonly string[],
  stdin?: string,
): Promise<Outcome & { server: FakeServer }> {
  const server = await fakeServer(handler);
  const result = await run(program, [...at(server.port), ...args], stdin === undefined ? {} : { stdin });
  return { ...outcome(result), server };
}

/** Non-zero, nothing printed, and one line on standard error that matches. */
export function expectOneLine(result: Outcome, status: number, line: string | RegExp): void {
  expect({ ...result, server: undefined, stderr: undefined, lines: result.stderr.split('\n').length - 1 }).toEqual({
    status,
    stdout: '',
    lines: 1,
  });
  expect(result.stderr).toMatch(line);
}
