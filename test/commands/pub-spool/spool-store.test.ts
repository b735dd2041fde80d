/** What is on the disk before which packet may leave, as a run that is killed right then leaves it to the next one. */
import { expect, it } from 'vitest';
import { Prefetch } from '../../../src/commands/pub-spool/prefetch.ts';
import { SendWindow } from '../../../src/commands/pub-spool/send-window.ts';
import { SpoolStore } from '../../../src/commands/pub-spool/spool-store.ts';
import type { Failure } from '../../../src/errors.ts';
import { Session } from '../../../src/mqtt/session/session.ts';
import type { QoS } from '../../../src/mqtt/types.ts';
import type { Sender } from '../../../src/spool/sender.ts';
import { bytes } from '../../mqtt/notation.ts';
import { decodeAll, OPTIONS } from '../../mqtt/session/harness.ts';
import { draft, rig } from '../../spool/rig.ts';

/** A spool whose messages go out over a session; `window` of them at a time. */
async function spooled({ window = 20, session: resumed = false }, ...qos: QoS[]) {
  const { open, files } = rig();
  await open().accept(qos.map((one, i) => draft(`${i + 1}`, { qos: one, topic: `t${i}` })));
  const start = async (present = resumed) => {
    const sender = (await open().sender())!;
    const failures: Failure[] = [];
    const prefetch = new Prefetch(sender);
    const store: SpoolStore = new SpoolStore(sender, prefetch, new SendWindow(), {
      publish: (content) => session.publish(content),
      ping: () => session.ping(),
      failed: (failure) => failures.push(failure),
    });
    const session = new Session({ ...OPTIONS, clean: false, maxInflight: window, store });
    const receive = (notation: string): void => session.receive(bytes(notation), 0);
    session.transportOpened(0);
    session.takeOutput(0);
    receive(present ? '20 {01 00 {}}' : '20 {00 00 {}}');
    const pump = (): void => {
      for (let next = prefetch.peek(); next && session.canPublish(next.qos); next = prefetch.peek()) {
        prefetch.shift();
        store.handOver(next);
      }
    };
    const sent = (): string[] => {
      const output = session.takeOutput(0);
      return output === undefined ? [] : decodeAll(Uint8Array.from(output), 5).map((packet) => names(packet));
    };
    return { session, sender, store, failures, receive, pump, sent };
  };
  /** What a run finds that begins after a kill. */
  const found = async (): Promise<string[]> => {
    for (const name of ['sender.lock', 'append.lock']) if (files.file(name)) files.fs.unlinkSync(`/spool/${name}`);
    return flights((await open().sender())!);
  };
  return { files, start, found };
}

const names = (packet: { readonly type: string; readonly packetId?: number; readonly dup?: boolean }): string =>
  `${packet.type} ${packet.packetId}${packet.dup ? ' dup' : ''}`;

const flights = ({ recovery }: Sender): string[] =>
  recovery.flights.map(({ id, packetId, released }) => `${id} as ${packetId}${released ? ', released' : ''}`);

it('PUBLISH at QoS 2 is stored before it leaves, and with it what the window lets follow', async () => {
  const { start, found } = await spooled({ window: 2 }, 2, 1, 2, 2, 2);
  const run = await start();
  run.pump();
  expect(run.sent()).toEqual(['publish 1', 'publish 2']);
  expect(await found()).toEqual(['1 as 1', '3 as 3', '4 as 4']);
});

it('PUBREC is stored before PUBREL leaves, and not for itself', async () => {
  const { files, start, found } = await spooled({}, 2, 2);
  const run = await start();
  run.pump();
  run.sent();
  const stored = Buffer.from(files.file('journal')!);
  run.receive('50 {0001} 50 {0002}');
  expect([run.sent(), files.file('journal')]).toEqual([[], stored]);
  run.session.release();
  expect(run.sent()).toEqual(['pubrel 1', 'pubrel 2']);
  expect(await found()).toEqual(['1 as 1, released', '2 as 2, released']);
});

it('PUBREL leaves when all has been answered', async () => {
  const { start } = await spooled({}, 2, 2);
  const run = await start();
  run.pump();
  run.sent();
  expect(run.store.mayRelease()).toBe(false);
  run.receive('50 {0001}');
  expect(run.store.mayRelease()).toBe(false);
  run.receive('50 {0002}');
  expect([run.store.mayRelease(), run.store.mayRelease()]).toEqual([true, false]);
});

it('a later run sends again what was on its way, in order, and before it what is older at QoS 1 on the same topic', async () => {
  const { open, files } = rig();
  await open().accept([draft('1', { qos: 1 }), draft('2'), draft('3', { qos: 1 })]);
  const sender = (await open().sender())!;
  sender.sending(2, 7);
  await sender.close();
  expect(files.file('sender.lock')).toBeUndefined();
  const next = (await open().sender())!;
  const prefetch = new Prefetch(next);
  const store = new SpoolStore(next, prefetch, new SendWindow(), {
    publish: () => 0,
    ping: () => {},
    failed: () => {},
  });
  const saved = store.load();
  expect(saved?.flights.map(({ payload, packetId }) => `${payload} as ${packetId}`)).toEqual(['1 as 8', '2 as 7']);
  expect([saved?.lastPacketId, prefetch.peek()?.id]).toEqual([8, 3]);
});

it('a server that lost the session gets PUBLISH in place of PUBREL, and that is stored before', async () => {
  const { start, found } = await spooled({ session: true }, 2);
  const run = await start(false);
  run.pump();
  run.sent();
  run.receive('50 {0001}');
  run.session.release();
  run.sent();
  run.session.transportClosed();
  run.session.transportOpened(0);
  run.session.takeOutput(0);
  run.receive('20 {00 00 {}}');
  expect(run.sent()).toEqual(['publish 1 dup']);
  expect(await found()).toEqual(['1 as 1']);
});

it('outcomes are stored when there are many, or with what must be: 499 at QoS 1 wait', async () => {
  const { files, start } = await spooled({ window: 500 }, ...Array<QoS>(500).fill(1));
  const run = await start();
  run.sent();
  const stored = Buffer.from(files.file('journal')!);
  run.pump();
  expect(run.sent()).toHaveLength(500);
  const puback = (id: number): string => `40 {${id.toString(16).padStart(4, '0')}}`;
  for (let id = 1; id < 500; id++) run.receive(puback(id));
  run.sent();
  expect(files.file('journal')).toEqual(stored);
  run.receive(puback(500));
  run.sent();
  expect(files.file('journal')!.length).toBeGreaterThan(stored.length);
});

it('nothing leaves when the disk refuses', async () => {
  const { files, start } = await spooled({}, 2);
  const run = await start();
  files.fate = (call) => (call === 'fsync' ? { errno: 'EIO', half: false } : 'go');
  run.pump();
  expect([run.sent(), run.failures.map(({ code }) => code)]).toEqual([[], ['EIO']]);
});

it('what the server refuses waits for a later run', async () => {
  const { start, found } = await spooled({}, 2, 2);
  const run = await start();
  run.pump();
  run.sent();
  run.receive('50 {0001 97} 50 {0002}');
  run.session.release();
  run.sent();
  expect(await found()).toEqual(['2 as 2, released']);
});

it.each([
  ['leaves the spool when the connection has ended in order', false, undefined],
  ['stays in it when the connection broke', true, 1],
])('a message at QoS 0 %s', async (_, isBroken, waits) => {
  const { start } = await spooled({}, 0);
  const run = await start();
  run.store.wrote(run.sender.next()!);
  if (isBroken) run.store.interrupted();
  run.store.ended();
  await run.sender.close();
  expect((await start()).sender.next()?.id).toBe(waits);
});
