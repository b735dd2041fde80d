/**
 * The workers of --exec, with commands that end when the test says so.
 * Covers src/commands/sub/exec/commands.ts, src/commands/sub/sinks/print.ts,
 * src/commands/terminal/message-printer.ts.
 */
import { expect, test } from 'vitest';
import type { SubPlan } from '../../../../src/cli/plan/types.ts';
import type { BrokerIo } from '../../../../src/commands/broker/connection.ts';
import { Run } from '../../../../src/commands/run.ts';
import { Executor } from '../../../../src/commands/sub/exec/executor.ts';
import type { SinkContext } from '../../../../src/commands/sub/message-sink.ts';
import { printSink } from '../../../../src/commands/sub/sinks/print.ts';
import type { PublishContent } from '../../../../src/mqtt/packets/publish.ts';
import type { Delivery } from '../../../../src/mqtt/session/events.ts';
import type { PublishPacket } from '../../../../src/mqtt/types.ts';
import { OutputWriter } from '../../../../src/output/writer.ts';
import type { ChildEvents, ChildRequest, StartChild } from '../../../../src/runtime/children.ts';
import { sub } from '../../../cli/support.ts';
import { FakeSink } from '../../../output/sink.ts';
import { settle, VirtualClock } from '../../../support/virtual-clock.ts';

interface Running extends ChildRequest {
  readonly events: ChildEvents;
  reading: boolean;
}

const rig = (...argv: string[]) => rigOf(sub('--exec', 'cmd', '-q', '1', '-c', '-i', 'me', ...argv));
const rigClean = () => rigOf(sub('--exec', 'cmd', '-q', '1'));

function rigOf(plan: SubPlan) {
  const clock = new VirtualClock();
  const children: Running[] = [];
  const log: string[] = [];
  const sent: PublishContent[] = [];
  const sink = new FakeSink();
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  const startChild: StartChild = (request, events) => {
    const child: Running = { ...request, events, reading: true };
    children.push(child);
    return {
      signal: (name) => log.push(`${name} ${request.env['MQTT_TOPIC']}`),
      setReading: (on) => {
        child.reading = on;
      },
    };
  };
  const io = {
    startChild,
    clock,
    env: {},
    pid: 1,
    wallTime: () => ({ seconds: 0, nanoseconds: 0 }),
    stderr: (text: string) => log.push(text.trimEnd()),
  } as unknown as BrokerIo;
  const context: SinkContext = {
    client: { publish: (content) => sent.push(content) },
    output,
    run: new Run(plan, io),
    mark: ({ topic }) => log.push(`handled ${topic}`),
    givenUp: () => log.push('given up'),
    room: () => log.push('room'),
    isOver: () => false,
  };
  const printed = printSink(({ topic }) => log.push(`printed ${topic}`), context);
  const executor = new Executor(
    { ...plan, exec: plan.exec! } as SubPlan & { exec: NonNullable<SubPlan['exec']> },
    io,
    context,
    printed,
  );
  const take = (topic: string) => {
    const payload = Buffer.from(topic);
    const packet: PublishPacket = {
      type: 'publish',
      dup: false,
      qos: plan.subscriptions[0]!.qos,
      retain: false,
      topic,
      packetId: 1,
      payload,
      properties: [],
    };
    executor.put(packet, { packetId: 1, qos: 1 } satisfies Delivery);
    payload.fill(0); // it lies in what is read next
  };
  const end = async (child: number, problem?: string) => {
    children[child]!.events.exited(problem);
    children[child]!.events.closed(problem);
    await settle();
  };
  const topics = () => children.map(({ env }) => env['MQTT_TOPIC']);
  return { executor, clock, children, log, sent, sink, take, end, topics };
}

test('at most that many workers run at a time; one message each may wait, then no more is read until there is room', async () => {
  const { executor, log, take, end, topics } = rig('--workers', '2');
  for (const topic of ['a', 'b', 'c']) take(topic);
  expect({ started: topics(), full: executor.isFull }).toEqual({ started: ['a', 'b'], full: false });
  take('d');
  expect(executor.isFull).toBe(true);
  await end(1);
  expect({ started: topics(), full: executor.isFull, log }).toEqual({
    started: ['a', 'b', 'c'],
    full: false,
    log: ['handled b', 'room'],
  });
});

test('the payload is kept while it waits', async () => {
  const { children, take, end } = rig();
  take('a');
  take('b');
  await end(0);
  expect(children.map(({ stdin }) => Buffer.from(stdin).toString())).toEqual(['a', 'b']);
});

test('a message that fails keeps its worker through waits of 1, 2, 4 … s, so that nothing overtakes it', async () => {
  const { clock, log, take, end, topics } = rig('--exec-retries', '8');
  take('a');
  take('b');
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    await end(attempt, 'exit status 1');
    const before = clock.now();
    clock.advance();
    await settle();
    waits.push((clock.now() - before) / 1000);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  expect(topics()).toEqual(Array(9).fill('a'));
  await end(8);
  expect(topics().at(-1)).toBe('b');
  expect(log.at(-2)).toBe('handled a');
});

test('once stopped, nothing starts, and a wait for another attempt is over', async () => {
  const { executor, clock, log, take, end, topics } = rig('--exec-retries', '1');
  take('a');
  take('b');
  await end(0, 'exit status 1');
  executor.stop();
  await executor.idle();
  expect({ started: topics(), alarms: clock.size }).toEqual({ started: ['a'], alarms: 0 });
  expect(log.filter((line) => line.startsWith('handled'))).toEqual([]);
  expect(log).toContain(
    'Warning: the command for "a" was not tried again; the broker keeps the message for the next run.',
  );
});

test('a failure that a stop leaves without another attempt counts as given up', async () => {
  const waiting = rig('--exec-retries', '1');
  waiting.take('a');
  await waiting.end(0, 'exit status 1');
  waiting.executor.stop();
  await waiting.executor.idle();
  expect(waiting.log.filter((line) => line === 'given up')).toHaveLength(1);
  const running = rig('--exec-retries', '1');
  running.take('a');
  running.executor.stop();
  await running.end(0, 'exit status 1');
  expect(running.log.filter((line) => line === 'given up')).toHaveLength(1);
});

test.each([
  ['-q 0 in a kept session', ['-q', '0'], true],
  ['-q 1 in a clean session', ['--clean'], true],
  ['-q 1 in a kept session', [], false],
])('what a stop leaves without a command is lost with %s: %j %s', (_, argv, lost) => {
  const { executor, log, take } = argv[0] === '--clean' ? rigClean() : rig(...argv);
  for (const topic of ['a', 'b', 'c']) take(topic);
  expect(executor.stop()).toBe(lost ? 2 : 0);
  const told =
    'Warning: 2 messages are lost: received, and no command was started (use -q 1 -c -i ID to keep such messages).';
  expect(log).toEqual(lost ? [told] : []);
});

test('one message that a stop leaves without a command is lost in the singular', () => {
  const { executor, log, take } = rigClean();
  take('a');
  take('b');
  executor.stop();
  expect(log).toEqual([
    'Warning: 1 message is lost: received, and no command was started (use -q 1 -c -i ID to keep such messages).',
  ]);
});

test('with more waiting than there are workers there is no room when one has ended', async () => {
  const { executor, log, take, end } = rig();
  for (const topic of ['a', 'b', 'c']) take(topic);
  await end(0);
  expect({ full: executor.isFull, log }).toEqual({ full: true, log: ['handled a'] });
  await end(1);
  expect({ full: executor.isFull, log }).toEqual({ full: false, log: ['handled a', 'handled b', 'room'] });
});

test('a server that sends 100,000 messages and no PUBACK for a dead letter ends the run', async () => {
  const { log, sent, take, end } = rig('--dead-letter', 'topic:dead');
  take('a');
  await end(0, 'exit status 1');
  for (let i = 0; i < 100_000; i++) take('b');
  expect({ sent: sent.length, log }).toEqual({ sent: 1, log: [] });
  take('b');
  expect(log).toEqual(['Error: The broker sent 100000 messages without acknowledging a dead letter.', 'given up']);
});

test('while a dead letter waits for its PUBACK there is always room: it has to be read', async () => {
  const { executor, log, sent, take, end } = rig('--dead-letter', 'topic:dead');
  take('a');
  take('b');
  expect(executor.isFull).toBe(true);
  await end(0, 'exit status 1');
  expect({ sent: sent.length, full: executor.isFull, log }).toEqual({ sent: 1, full: false, log: [] });
  executor.published({ type: 'published', token: 1, packetId: 1, code: 0, reason: undefined, local: false });
  await settle();
  expect(log).toContain('handled a');
});

test('a full output stops the commands that write, until it has room', async () => {
  const { executor, children, sink, take } = rig('--workers', '2');
  take('a');
  take('b');
  children[0]!.events.stdout(Buffer.from(`${'x'.repeat(600_000)}\n`));
  expect(children.map(({ reading }) => reading)).toEqual([true, true]);
  children[1]!.events.stdout(Buffer.from(`${'y'.repeat(600_000)}\n`));
  expect(children.map(({ reading }) => reading)).toEqual([false, false]);
  sink.finishAll();
  executor.outputRoom();
  expect(children.map(({ reading }) => reading)).toEqual([true, true]);
});

test('a topic that a terminal would obey is shown escaped', async () => {
  const { log, take, end } = rig();
  take('a\u001b[2J\u009b\n');
  await end(0, 'exit status 1');
  expect(log[0]).toContain('the command for "a\\u001b[2J\\u009b\\u000a" failed');
});

test('a message that no command is for is printed, and waits for no worker', async () => {
  const plan = sub('--exec', 'cmd');
  const { executor, log, take, topics } = rigOf({
    ...plan,
    exec: { ...plan.exec!, commands: [{ filter: 'a', command: 'cmd' }] },
  });
  for (const topic of ['a', 'a', 'b']) take(topic);
  expect({ started: topics(), log }).toEqual({ started: ['a'], log: ['printed b', 'handled b'] });
  expect(executor.isFull).toBe(true);
});
