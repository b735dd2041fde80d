// Law: a siege sees what it is there for: what the broker did not read is not delivered, and each broken law is found.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { SiegeBroker } from './siege-broker.ts';
import { breaches, type Session } from './siege-laws.ts';
import { type ConnectionLog, type Read, SiegeLog } from './siege-log.ts';
import { packet, publish, text, u16 } from './siege-packets.ts';
import type { Plan, Script } from './siege-plan.ts';
import { Printed } from './siege-watch.ts';

const PLAN: Plan = {
  ...{ number: 0, program: 'pub -m', qos: 0, version: 4, tls: false, count: 1, padding: 0, pace: undefined },
  ...{ scripts: [], seconds: undefined, signal: undefined, patient: false },
};

const connectOf = (version: 4 | 5): Buffer =>
  packet(0x10, text('MQTT'), Buffer.from([version, 2]), u16(5), Buffer.alloc(version === 5 ? 1 : 0), text('a'));

const sessionOf = (log: SiegeLog, more: Partial<Session> = {}): Session => ({
  ...{ plan: PLAN, log, printed: new Printed(), stderr: '', status: 0, signal: null, peak: 60_000, milliseconds: 100 },
  ...{
    terminated: false,
    late: undefined,
    stubborn: undefined,
    handled: [],
    left: [],
    leftovers: [],
    baseline: 60_000,
  },
  ...more,
});

const lawsOf = (session: Session): string[] => breaches(session).map(({ law }) => law);

/** What the broker knows after a client has sent CONNECT and one message, and has waited until its bytes are taken. */
async function logOf(script: Script | undefined, message: Buffer, version: 4 | 5 = 4): Promise<SiegeLog> {
  const broker = new SiegeBroker({ ...PLAN, version, scripts: script === undefined ? [] : [script] }, [], undefined);
  cleanUp(() => broker.close());
  const client = connect(await broker.listen(), '127.0.0.1').on('error', () => {});
  cleanUp(() => client.destroy());
  client.write(connectOf(version));
  await new Promise((resolve) => client.once('data', resolve));
  await new Promise((resolve) => client.write(message, resolve));
  await sleep(100);
  return broker.log;
}

const at = (act: Script['act'], trigger: Partial<Script['trigger']> = {}): Script => ({
  trigger: { at: 'connect', nth: 1, as: 'answered', ...trigger },
  act,
});
const M1 = publish('siege', 'm-1', 0, 0, 4);

test('a message that the broker has read whole is delivered', async () => {
  const log = await logOf(undefined, M1);
  await expect.poll(() => log.delivered('m-1')).toBe(1);
  expect(lawsOf(sessionOf(log))).toEqual([]);
});

test.each([
  ['that was left with the system', at({ do: 'deaf' }), M1],
  ['that the broker did not look at', at({ do: 'deaf' }, { at: 'publish', as: 'unread' }), M1],
  ['whose last byte is missing', undefined, M1.subarray(0, -1)],
  ['at QoS 1 that was not answered', at({ do: 'silence' }), publish('siege', 'm-1', 1, 1, 4)],
  ['at QoS 2 that was answered by PUBREC alone', undefined, publish('siege', 'm-1', 2, 1, 4)],
  [
    'that was refused',
    at({ do: 'refuse', code: 135, text: 0 }, { at: 'publish', as: 'unanswered' }),
    publish('siege', 'm-1', 1, 1, 5),
    5,
  ],
] as const)('a message %s is not delivered, and exit status 0 is false', async (_, script, message, version?) => {
  const log = await logOf(script, message, version);
  expect(log.delivered('m-1')).toBe(0);
  expect(lawsOf(sessionOf(log))).toEqual(['no false 0']);
  expect(lawsOf(sessionOf(log, { status: 7, stderr: 'Error: lost\n' }))).toEqual([]);
});

test('a refusal before MQTT 5, whose PUBACK has no code, is a delivery', async () => {
  const script = at({ do: 'refuse', code: 3, text: 0 }, { at: 'publish', as: 'unanswered' });
  const log = await logOf(script, publish('siege', 'm-1', 1, 1, 4));
  await expect.poll(() => log.delivered('m-1')).toBe(1);
  expect(lawsOf(sessionOf(log))).toEqual([]);
});

test('what left the spool and was not read is found', () => {
  const session = sessionOf(new SiegeLog(), {
    plan: { ...PLAN, program: 'pub --spool --flush', count: 2 },
    status: 7,
    stderr: 'x',
  });
  expect(lawsOf({ ...session, left: ['m-1', 'm-2'] })).toEqual([]);
  expect(lawsOf({ ...session, left: ['m-2'] })).toEqual(['nothing leaves the spool unread']);
});

test('what was acknowledged and not printed is found', () => {
  const log = new SiegeLog();
  const sent = { name: 'm-1', qos: 1, packetId: 1, connection: 0, acknowledged: true, hadDeadLetter: false };
  log.sent.push(sent);
  const session = sessionOf(log, { plan: { ...PLAN, program: 'sub' } });
  expect(lawsOf(session)).toEqual(['nothing acknowledged is unhandled']);
  session.printed.take(Buffer.from('m-1 xxx\n'));
  expect(lawsOf(session)).toEqual([]);
  log.floodAcks = 1;
  expect(lawsOf(session)).toEqual(['nothing acknowledged is unhandled']);
});

test.each([
  ['no crash', { status: 139, stderr: 'x' }],
  ['no crash', { stderr: 'TypeError: x is not a function\n    at run (file:///a.js:1:2)\n', status: 1 }],
  ['no hang', { late: '-W 1' }],
  ['one SIGTERM is enough', { stubborn: 'process 1 is running' }],
  ['no growth', { peak: 300_000 }],
  ['no control characters', { stderr: 'Warning: \x1b[31mred\n' }],
  ['no control characters', { stderr: 'Warning: \x9b2J\n' }],
  ['a failure has words', { status: 7 }],
  ['nothing is left behind', { leftovers: ['process 1'] }],
] as const)('%s: a session that breaks it is found', (law, more) => {
  const log = new SiegeLog();
  const read: Read = {
    ...{ topic: 'siege', name: 'm-1', qos: 0, packetId: 0, connection: 0 },
    answer: undefined,
    completed: false,
  };
  log.reads.push(read);
  log.connections.push({} as ConnectionLog);
  expect(lawsOf(sessionOf(log, more))).toEqual([law]);
});
