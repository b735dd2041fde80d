/**
 * A spool that is stopped at any call: killed before it, in the middle of it or after it, by a power cut that takes what
 * was not synced, or refused by the system. Each time: what was accepted and is not settled is there, in order and whole;
 * what was settled and committed is not; and a message on its way at QoS 2 keeps its packet identifier.
 * Covers src/runtime/files.ts, src/spool/compaction.ts, src/spool/journal.ts, src/spool/reserve.ts,
 * src/spool/tail.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { PublishContent } from '../../src/mqtt/packets/publish.ts';
import type { Processes } from '../../src/runtime/io.ts';
import type { SpoolSystem } from '../../src/spool/folder.ts';
import type { Sender } from '../../src/spool/sender.ts';
import { Spool } from '../../src/spool/spool.ts';
import { type Fate, Killed, MemoryFiles } from './memory-files.ts';

type Ending = 'kill before' | 'kill half way' | 'kill after' | 'power' | 'ENOSPC' | 'EIO';

type Act =
  | { readonly act: 'accept'; readonly count: number; readonly bytes: number }
  | { readonly act: 'send'; readonly count: number }
  | { readonly act: 'release'; readonly count: number }
  | { readonly act: 'settle'; readonly count: number }
  | { readonly act: 'refresh' | 'commit' | 'close' | 'restarted' };

interface Flying {
  readonly packetId: number;
  released: boolean;
}

/** What a user of the spool knows, and may rely on. */
class World {
  readonly files = new MemoryFiles('/spool');
  readonly reports: string[] = [];
  /** Accepted, by identifier. */
  readonly accepted = new Map<number, string>();
  /** Given to a call that did not end well: they may be there or not. */
  readonly doubtful = new Set<string>();
  /** Settled and committed; then settled and not yet committed. */
  readonly settled = new Set<number>();
  readonly settling = new Set<number>();
  /** In flight, as of the last commit; and since. */
  flights = new Map<number, Flying>();
  now = new Map<number, Flying>();
  pid = 100;
  counter = 0;
  packetId = 0;
  sender: Sender | undefined;
  spool!: Spool;

  around(): SpoolSystem {
    const pid = ++this.pid;
    const processes: Processes = {
      self: () => ({ pid, start: '', place: 'here' }),
      alive: (other) => other.pid === this.pid,
    };
    const { files } = this;
    // Waiting takes no time.
    const clock = {
      now: () => files.now,
      callAt: (at: number, callback: () => void) => {
        files.now = Math.max(files.now, at) + 100;
        callback();
        return () => {};
      },
    };
    return {
      fs: this.files.fs,
      processes,
      clock,
      random: () => 0.5,
      now: () => this.files.now,
      user: 0,
      segmentBytes: 1024,
      report: (line) => void this.reports.push(line),
    };
  }

  start(): void {
    this.sender = undefined;
    this.spool = new Spool('/spool', this.around(), { make: true });
  }

  message(bytes: number): PublishContent {
    const text = `${++this.counter}:${'x'.repeat(bytes)}`;
    return { topic: `t/${this.counter}`, payload: Buffer.from(text), qos: 2, retain: false, properties: [] };
  }

  async sending(): Promise<Sender> {
    // A lock that was cut off before it named its holder goes by its age.
    for (let tries = 0; tries < 4 && this.sender === undefined; tries++) {
      this.sender = await this.spool.sender();
      this.files.now += 10_000;
    }
    if (this.sender === undefined) throw new Failure('file', { message: 'the lock cannot be had' });
    return this.sender;
  }

  async act(act: Act): Promise<void> {
    if (act.act === 'accept') {
      const messages = Array.from({ length: act.count }, () => this.message(act.bytes));
      for (const { payload } of messages) this.doubtful.add(String(payload));
      const { ids, refusal } = await this.spool.accept(messages);
      expect(refusal).toBeUndefined();
      ids.forEach((id, i) => void this.accepted.set(id, String(messages[i]!.payload)));
      for (const { payload } of messages) this.doubtful.delete(String(payload));
      return;
    }
    const sender = await this.sending();
    switch (act.act) {
      case 'refresh':
        return sender.refresh();
      case 'send':
        for (let i = 0; i < act.count; i++) {
          const message = sender.next();
          if (message === undefined) return;
          sender.sending(message.id, ++this.packetId);
          this.now.set(message.id, { packetId: this.packetId, released: false });
        }
        return;
      case 'release':
        for (const flight of [...this.now.values()].filter(({ released }) => !released).slice(0, act.count)) {
          sender.released(flight.packetId);
          flight.released = true;
        }
        return;
      case 'settle':
        for (const id of [...this.now.keys()].slice(0, act.count)) {
          this.settling.add(id);
          this.now.delete(id);
          sender.settled(id, 'delivered');
        }
        return;
      case 'restarted':
        sender.restarted();
        for (const flight of this.now.values()) flight.released = false;
        return;
      case 'commit':
        sender.commit();
        return this.committed();
      case 'close':
        // What fails after the commit does not matter to anybody; whether it came to it, the caller cannot know.
        await sender.close();
        this.sender = undefined;
        return this.committed();
    }
  }

  committed(): void {
    for (const id of this.settling) this.settled.add(id);
    this.settling.clear();
    this.flights = new Map([...this.now].map(([id, flight]) => [id, { ...flight }]));
  }

  /** A new run reads everything. */
  async check(lossless: boolean): Promise<void> {
    this.start();
    const sender = await this.sending();
    const found = new Map<number, string>();
    const order: number[] = [];
    const flights = new Map(sender.recovery.flights.map((flight) => [flight.id, flight]));
    for (const { id, message } of sender.recovery.flights) found.set(id, String(message.payload));
    for (let message = sender.next(); message !== undefined; message = sender.next()) {
      expect(found.has(message.id), 'no message comes twice').toBe(false);
      found.set(message.id, String(message.payload));
      order.push(message.id);
    }
    const about = `${this.files.listing()}; ${this.reports.join('; ')}`;
    expect(order, about).toEqual([...order].sort((a, b) => a - b));
    for (const [id, text] of this.accepted) {
      if (this.settled.has(id)) expect(found.get(id), `${id} was settled; ${about}`).toBeUndefined();
      else if (!this.settling.has(id)) expect(found.get(id), `${id} was accepted; ${about}`).toBe(text);
    }
    for (const [id, text] of found)
      if (!this.accepted.has(id)) expect(this.doubtful.has(text), `${id} was given to it; ${about}`).toBe(true);
    for (const [id, { packetId, released }] of this.flights) {
      if (this.settling.has(id)) continue;
      const flight = flights.get(id);
      expect(flight?.packetId, `the identifier of ${id}; ${about}`).toBe(packetId);
      if (this.now.get(id)?.released === released) expect(flight?.released, `${id} released; ${about}`).toBe(released);
    }
    expect(sender.recovery.mayDuplicate).toBe(false);
    if (lossless)
      expect(this.reports.filter((line) => line.includes('damaged') || line.includes('missing'))).toEqual([]);
    // The world goes on from what is there.
    for (const id of [...this.settling]) if (!found.has(id)) this.settled.add(id);
    this.settling.clear();
    for (const [id, text] of found) this.accepted.set(id, text);
    for (const id of [...this.accepted.keys()]) if (!found.has(id) && !this.settled.has(id)) this.accepted.delete(id);
    this.doubtful.clear();
    this.packetId = Math.max(this.packetId, sender.recovery.lastPacketId);
    this.now = new Map(
      sender.recovery.flights.map(({ id, packetId, released }) => [id, { packetId, released }] as const),
    );
    this.flights = new Map([...this.now].map(([id, flight]) => [id, { ...flight }]));
    // Whoever has read them in this run does not read them again: the next run does.
    this.sender = undefined;
    this.files.restart();
    this.start();
  }
}

/** Thousands of lives: on a busy machine they take their time. */
const PATIENT = 180_000;

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('accept' as const),
      count: fc.integer({ min: 1, max: 4 }),
      bytes: fc.constantFrom(0, 10, 300),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom('send' as const, 'release' as const, 'settle' as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constantFrom(
        'refresh' as const,
        'commit' as const,
        'commit' as const,
        'close' as const,
        'restarted' as const,
      ),
    }),
  },
);

interface Round {
  readonly acts: readonly Act[];
  readonly at: number;
  /** How many calls in a row the system refuses. */
  readonly calls: number;
  readonly ending: Ending;
}

const ENDINGS: readonly Ending[] = ['kill before', 'kill half way', 'kill after', 'power', 'ENOSPC', 'EIO'];
const round = (endings: readonly Ending[], calls: readonly number[] = [1]): fc.Arbitrary<Round> =>
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 12 }),
    at: fc.integer({ min: 0, max: 60 }),
    calls: fc.constantFrom(...calls),
    ending: fc.constantFrom(...endings),
  });

async function live(rounds: readonly Round[], chances: readonly number[]): Promise<void> {
  const world = new World();
  world.start();
  let chance = 0;
  for (const { acts, at, calls, ending } of rounds) {
    let count = 0;
    const { files } = world;
    files.fate = (): Fate => {
      const call = count++;
      if (call < at || call >= at + calls) return 'go';
      if (ending === 'ENOSPC' || ending === 'EIO') return { errno: ending, half: ending === 'ENOSPC' };
      return ending === 'power' ? 'kill half way' : ending;
    };
    let killed = false;
    for (const one of acts) {
      try {
        await world.act(one);
      } catch (error) {
        killed = error instanceof Killed;
        if (!killed && !(error instanceof Failure)) throw error;
        // After a failed end of a commit, its result is unknown; and a failed close has closed.
        if (killed) break;
        if (one.act === 'close') world.sender = undefined;
        if (one.act === 'close') break;
      }
    }
    files.fate = () => 'go';
    if (ending === 'power') files.powerCut(() => chances[chance++ % chances.length]!);
    else files.restart();
    files.now += 1000;
    await world.check(ending !== 'power');
  }
}

describe('what was accepted and is not settled is there', () => {
  it.each(ENDINGS)('after %s at any call', { timeout: PATIENT }, async (ending) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round([ending]), { minLength: 1, maxLength: 4 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8, maxLength: 8 }),
        live,
      ),
      { numRuns: 60 },
    );
  });

  it.each(['ENOSPC', 'EIO'] as const)('after %s at some calls in a row', { timeout: PATIENT }, async (ending) => {
    await fc.assert(
      fc.asyncProperty(fc.array(round([ending], [2, 3, 8, 1000]), { minLength: 1, maxLength: 4 }), (rounds) =>
        live(rounds, [0]),
      ),
      { numRuns: 60 },
    );
  });

  it('after any of them, one after the other', { timeout: PATIENT }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round(ENDINGS), { minLength: 2, maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8, maxLength: 8 }),
        live,
      ),
      { numRuns: 60 },
    );
  });

  /** Lives that the search above has found; it does so seldom. */
  const FOUND: readonly (readonly [string, readonly Round[]])[] = [
    [
      'a refresh that the disk refused when there was a new segment',
      [
        { acts: [{ act: 'accept', count: 1, bytes: 0 }, { act: 'refresh' }], at: 6, calls: 1, ending: 'EIO' },
        {
          acts: [
            { act: 'release', count: 1 },
            { act: 'accept', count: 3, bytes: 300 },
            { act: 'refresh' },
            { act: 'send', count: 4 },
            { act: 'refresh' },
          ],
          at: 24,
          calls: 1,
          ending: 'EIO',
        },
        { acts: [{ act: 'accept', count: 1, bytes: 0 }], at: 0, calls: 1, ending: 'EIO' },
      ],
    ],
    [
      'a new segment that could not be synced, and not be taken back',
      [
        { acts: [{ act: 'refresh' }], at: 0, calls: 3, ending: 'EIO' },
        {
          acts: [
            { act: 'send', count: 1 },
            { act: 'accept', count: 1, bytes: 0 },
            { act: 'accept', count: 3, bytes: 300 },
            { act: 'accept', count: 4, bytes: 300 },
            { act: 'send', count: 1 },
          ],
          at: 36,
          calls: 3,
          ending: 'EIO',
        },
      ],
    ],
    [
      'half a commit over one that was refused and could not be cut off',
      [
        {
          acts: [
            { act: 'restarted' },
            { act: 'accept', count: 1, bytes: 0 },
            { act: 'accept', count: 1, bytes: 0 },
            { act: 'close' },
            { act: 'send', count: 1 },
            { act: 'commit' },
            { act: 'restarted' },
            { act: 'close' },
            { act: 'accept', count: 1, bytes: 0 },
          ],
          at: 35,
          calls: 1000,
          ending: 'ENOSPC',
        },
      ],
    ],
  ];

  it.each(FOUND)('after %s', (_, rounds) => live(rounds, [0]));

  /** One life with everything in it, stopped at each single call. */
  const LIFE: readonly Act[] = [
    { act: 'accept', count: 2, bytes: 10 },
    { act: 'send', count: 1 },
    { act: 'commit' },
    { act: 'accept', count: 4, bytes: 300 },
    { act: 'refresh' },
    { act: 'send', count: 4 },
    { act: 'release', count: 2 },
    { act: 'commit' },
    { act: 'settle', count: 4 },
    { act: 'close' },
    { act: 'accept', count: 1, bytes: 0 },
    { act: 'send', count: 4 },
    { act: 'settle', count: 9 },
    { act: 'close' },
  ];

  it.each(ENDINGS)('after %s at each call of one life', { timeout: PATIENT }, async (ending) => {
    const whole = new World();
    whole.start();
    for (const one of LIFE) await whole.act(one);
    const calls = whole.files.calls.length;
    expect(new Set(whole.files.calls)).toEqual(new Set(['open', 'write', 'fsync', 'link', 'unlink', 'rename']));
    for (let at = 0; at <= calls; at++)
      for (const seed of [0.05, 0.45, 0.75, 0.95])
        await live([{ acts: LIFE, at, calls: 1, ending }], [seed, 0.5, 0.99, 0.1]);
  });
});
