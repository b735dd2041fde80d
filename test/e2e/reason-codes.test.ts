// Every reason code that a server can send, and what the programs make of it: the table in
// test/golden/reason-codes.txt. `UPDATE=1` rewrites it.

import { expect, test } from 'vitest';
import { REASONS } from '../../src/mqtt/reasons.ts';
import type { PacketType } from '../../src/mqtt/types.ts';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { expectGolden } from '../support/golden.ts';
import { run } from '../support/run.ts';
import { at } from './broker.ts';
import { accept, grant, packetIdOf, V3, V5 } from './scripted-server.ts';

const AT_ONCE = 4;

interface Case {
  readonly packet: string;
  readonly code: number;
  readonly program: 'tspub' | 'tssub' | 'tsrr';
  readonly args: readonly string[];
  answer(connection: FakeConnection): Promise<void>;
}

const codesOf = (packet: PacketType): number[] =>
  REASONS.filter(({ packets }) => packets.includes(packet)).map(({ code }) => code);

const PUB = ['-t', 'a', '-m', 'x'];
const SUB = ['-t', 'a'];
const RR = ['-t', 'a', '-e', 'b', '-m', 'x', '-W', '5'];

/** Until the client is gone; its DISCONNECT is answered by the end. */
async function untilEnd(connection: FakeConnection): Promise<void> {
  while ((await connection.readPacket()).header !== 0xe0);
  await connection.close();
}

/** PUBACK and PUBREC; a PUBREC of success goes on to PUBCOMP. */
const acknowledge = (header: number, code: number) => async (connection: FakeConnection) => {
  await accept(connection);
  const id = packetIdOf(await connection.readPacket());
  await connection.send(Buffer.from([header, 3, ...id, code]));
  if (header === 0x50 && code < 128) {
    await connection.readPacket();
    await connection.send(Buffer.from([0x70, 2, ...id]));
  }
  await untilEnd(connection);
};

const refuse = (code: number) => async (connection: FakeConnection) => {
  await accept(connection, code);
  await connection.close();
};

const answerRequest = (header: number, code: number) => async (connection: FakeConnection) => {
  await accept(connection);
  const id = (await connection.readPacket()).body.subarray(0, 2);
  await connection.send(Buffer.from([header, 4, ...id, 0, code]));
  await untilEnd(connection);
};

const hangUp = (code: number) => async (connection: FakeConnection) => {
  await accept(connection);
  await connection.readPacket();
  await connection.send(Buffer.from([0xe0, 1, code]));
  await connection.close();
};

function cases(): Case[] {
  const all: Case[] = [];
  for (let code = 1; code <= 6; code++)
    for (const [program, args] of [
      ['tspub', PUB],
      ['tssub', SUB],
      ['tsrr', RR],
    ] as const)
      if (program !== 'tsrr')
        all.push({ packet: 'CONNACK 3.1.1', code, program, args: [...args, ...V3], answer: refuse(code) });
  for (const code of codesOf('connack').filter((it) => it > 0))
    for (const [program, args] of [
      ['tspub', PUB],
      ['tssub', SUB],
      ['tsrr', RR],
    ] as const)
      all.push({ packet: 'CONNACK', code, program, args: [...args, ...V5], answer: refuse(code) });
  for (const [packet, header, qos] of [
    ['puback', 0x40, '1'],
    ['pubrec', 0x50, '2'],
  ] as const)
    for (const code of codesOf(packet))
      all.push({
        packet: packet.toUpperCase(),
        code,
        program: 'tspub',
        args: [...PUB, '-q', qos, ...V5],
        answer: acknowledge(header, code),
      });
  for (const code of [0, 1, 2, 128])
    all.push({
      packet: 'SUBACK 3.1.1',
      code,
      program: 'tssub',
      args: [...SUB, '-E', ...V3],
      answer: async (connection) => {
        await grant(connection, await accept(connection), [code]);
        await untilEnd(connection);
      },
    });
  for (const code of codesOf('suback'))
    all.push({
      packet: 'SUBACK',
      code,
      program: 'tssub',
      args: [...SUB, '-E', ...V5],
      answer: answerRequest(0x90, code),
    });
  for (const code of codesOf('suback').filter((it) => it >= 128))
    all.push({ packet: 'SUBACK', code, program: 'tsrr', args: [...RR, ...V5], answer: answerRequest(0x90, code) });
  for (const code of codesOf('unsuback'))
    all.push({
      packet: 'UNSUBACK',
      code,
      program: 'tssub',
      args: ['-U', 'a', '-E', ...V5],
      answer: answerRequest(0xb0, code),
    });
  for (const code of codesOf('disconnect').filter((it) => it !== 4)) {
    all.push({ packet: 'DISCONNECT', code, program: 'tspub', args: [...PUB, '-q', '1', ...V5], answer: hangUp(code) });
    all.push({ packet: 'DISCONNECT', code, program: 'tssub', args: [...SUB, ...V5], answer: hangUp(code) });
  }
  return all;
}

/** One line; whoever comes a second time is turned away with 138, so that this ends. */
async function line({ packet, code, program, args, answer }: Case): Promise<string> {
  let connections = 0;
  const server = await fakeServer((connection) => (connections++ === 0 ? answer(connection) : refuse(138)(connection)));
  const { status, stdout, stderr } = await run(program, [...at(server.port), ...args]);
  await server.stop();
  expect(stdout.toString()).toBe('');
  const told = stderr
    .trimEnd()
    .split('\n')
    .filter((text) => !text.startsWith('Hint: '));
  const again = connections > 1;
  const text = (again ? told.slice(0, 1) : told).join(' / ');
  return [packet.padEnd(13), String(code).padStart(3), program, again ? 'again' : String(status).padStart(3), text]
    .join('  ')
    .trimEnd();
}

test('every reason code has a text and an exit status, as in the table', { timeout: 120_000 }, async () => {
  const todo = cases();
  const lines: string[] = [];
  const worker = async (first: number): Promise<void> => {
    for (let i = first; i < todo.length; i += AT_ONCE) lines[i] = await line(todo[i]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => worker(i)));
  const head = 'packet         code  program  exit status (again: connects once more)  text, without hints';
  const table = `${[head, ...lines].join('\n')}\n`;
  expectGolden('reason-codes.txt', table);
});
