/** A message with more properties than are taken in: said in one line, not printed, refused, and the status of the run. */
import { describe, expect, it } from 'vitest';
import type { Properties } from '../../src/mqtt/properties.ts';
import { type Program, type ProgramOptions, request, startProgram } from '../support/program.ts';

const TOO_MANY: Properties = Array.from(
  { length: 65_536 },
  () => ({ name: 'user-property', value: ['', ''] }) as const,
);
const QUOTA_EXCEEDED = 151;
const warning = (topic: string): string =>
  `Warning: Discarded a message on "${topic}" with a payload of 1 bytes: it has 65536 properties (327680 bytes); ` +
  'the limit is 65535 properties and 16777216 bytes.\n';
const ended = async (program: Program, words: string, options: ProgramOptions) => {
  const running = startProgram(program, words.split(' '), options);
  await running.finish();
  return running;
};

describe('tssub', () => {
  it.each([
    [0, 'connect subscribe disconnect'],
    [1, 'connect subscribe puback disconnect'],
    [2, 'connect subscribe pubrec disconnect'],
  ] as const)('at QoS %i discards it and goes on, and ends with 151', async (qos, wire) => {
    const running = await ended('tssub', `-t a -q ${qos} -C 1`, {
      messages: [{ qos, properties: TOO_MANY }, { payload: Buffer.from('next') }],
    });
    expect(running.outcome).toEqual({ status: QUOTA_EXCEEDED, stdout: 'next\n', stderr: warning('a') });
    const answer = running.server.packets.find(({ type }) => type === 'puback' || type === 'pubrec');
    expect([running.wire, answer]).toEqual([wire, qos === 0 ? undefined : expect.objectContaining({ code: 151 })]);
  });

  it('says so of each one', async () => {
    const { stderr } = (
      await ended('tssub', '-t a -C 1', {
        messages: [{ properties: TOO_MANY }, { topic: 'a/b', properties: TOO_MANY }, {}],
      })
    ).outcome;
    expect(stderr).toBe(warning('a') + warning('a/b'));
  });

  it('says nothing of one that -T leaves out', async () => {
    const running = await ended('tssub', '-t # -T a -q 1 -C 1', {
      messages: [{ qos: 1, properties: TOO_MANY }, { topic: 'b' }],
    });
    expect(running.outcome).toEqual({ status: 0, stdout: 'x\n', stderr: '' });
  });

  it('that has its -C has nothing to say of it', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-q', '1', '-C', '1'], {
      messages: [{ qos: 1 }, { qos: 0, properties: TOO_MANY }],
      room: 0,
    });
    await running.pass(1000);
    running.stdout.resume();
    expect(await running.finish()).toEqual({ status: 0, stdout: 'x\n', stderr: '' });
    expect(running.wire).toBe('connect subscribe puback disconnect');
  });
});

describe('tsrr', () => {
  it('discards it as an answer, and waits for another one', async () => {
    const running = await request('-q 1');
    running.send({ topic: 'b', qos: 1, properties: TOO_MANY }, { topic: 'b', payload: Buffer.from('answer') });
    expect(await running.finish()).toEqual({ status: 0, stdout: 'answer\n', stderr: warning('b') });
  });

  it('that has its answer has nothing to say of it', async () => {
    const running = await request('-q 1', { room: 0 });
    running.send({ topic: 'b', qos: 1 }, { topic: 'b', qos: 0, properties: TOO_MANY });
    await running.pass(1000);
    running.stdout.resume();
    expect(await running.finish()).toEqual({ status: 0, stdout: 'x\n', stderr: '' });
    expect(running.wire).toBe('connect subscribe publish1 puback disconnect');
  });
});

describe('tspub', () => {
  it('has no use for messages of any kind: what an earlier run subscribed to stays where it is', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-l', '-q', '1', '-c', '-i', 'me'], { stdin: 'open' });
    await running.got('connect');
    running.send({ qos: 1, properties: TOO_MANY });
    running.stdin.push('x\n');
    running.stdin.end();
    expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect([running.wire, running.server.unfinished('me')]).toEqual(['connect publish1 disconnect', 1]);
  });
});
