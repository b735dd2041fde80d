/** The questions to the DNS servers, with a resolver in the hands of the test. */
import dns from 'node:dns';
import { getEventListeners } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serversAnswer } from '../../src/net/name-probe.ts';

const { Resolver } = dns;

type Heard = (error: NodeJS.ErrnoException | null, found?: string[]) => void;

/** Its options, what it was asked in order, and what it is to answer: an error code, `found`, or nothing at all. */
let options: unknown;
let asked: string[];
let cancelled: number;
let answers: Readonly<Record<string, string>>;

class FakeResolver {
  readonly #open = new Set<Heard>();

  constructor(given: unknown) {
    options = given;
  }

  resolve4(name: string, heard: Heard): void {
    this.#ask(`${name} 4`, heard);
  }

  resolve6(name: string, heard: Heard): void {
    this.#ask(`${name} 6`, heard);
  }

  /** As c-ares does: what is open ends with this error. */
  cancel(): void {
    cancelled++;
    for (const heard of this.#open) queueMicrotask(() => heard(errorOf('ECANCELLED')));
    this.#open.clear();
  }

  #ask(question: string, heard: Heard): void {
    asked.push(question);
    const answer = answers[question] ?? answers[question.split(' ')[0]!];
    if (answer === undefined) this.#open.add(heard);
    else queueMicrotask(() => (answer === 'found' ? heard(null, ['192.0.2.1']) : heard(errorOf(answer))));
  }
}

const errorOf = (code: string): Error => Object.assign(new Error(code), { code });

const put = (resolver: unknown): void => {
  Object.assign(dns, { Resolver: resolver });
  syncBuiltinESMExports();
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [asked, cancelled, answers] = [[], 0, {}];
  put(FakeResolver);
});
afterEach(() => {
  vi.useRealTimers();
  put(Resolver);
});

const NAMES = ['a.test', 'b.test'];
const never = (): AbortSignal => new AbortController().signal;

describe('the DNS servers', () => {
  it.each<[answers: Record<string, string>, family: number, settled: boolean, asked: string]>([
    [{ 'a.test': 'found' }, 0, true, 'a.test 4, a.test 6'],
    [{ 'a.test': 'found' }, 4, true, 'a.test 4'],
    [{ 'a.test': 'found' }, 6, true, 'a.test 6'],
    [{ 'a.test 4': 'ENODATA', 'a.test 6': 'found' }, 0, true, 'a.test 4, a.test 6'],
    [{ 'a.test': 'ENOTFOUND', 'b.test': 'found' }, 4, true, 'a.test 4, b.test 4'],
    [{ 'a.test': 'ENODATA', 'b.test': 'EBADNAME' }, 6, true, 'a.test 6, b.test 6'],
    [{ 'a.test': 'ENOTFOUND', 'b.test': 'ESERVFAIL' }, 4, false, 'a.test 4, b.test 4'],
    [{ 'a.test': 'ETIMEOUT' }, 4, false, 'a.test 4'],
    [{ 'a.test': 'EREFUSED' }, 4, false, 'a.test 4'],
    [{ 'a.test 4': 'found', 'a.test 6': 'ESERVFAIL' }, 0, false, 'a.test 4, a.test 6'],
    [{ 'a.test': 'XENOTFOUND' }, 4, false, 'a.test 4'],
  ])('that say %j for family %i settle it: %s', async (given, family, settled, questions) => {
    answers = given;
    const { signal } = new AbortController();
    expect(await serversAnswer(NAMES, family, signal, 250)).toBe(settled);
    expect(asked.join(', ')).toBe(questions);
    // Nothing is left behind.
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort').length, cancelled]).toEqual([0, 0, 1]);
  });

  it('are asked once each, for 5 s', async () => {
    answers = { 'a.test': 'found' };
    await serversAnswer(NAMES, 4, never(), undefined);
    expect(options).toEqual({ timeout: 5000, tries: 1 });
  });

  it('settle nothing when the patience is over', async () => {
    const settled = serversAnswer(NAMES, 4, never(), 250);
    await vi.advanceTimersByTimeAsync(249);
    expect(cancelled).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled).toBe(false);
    expect(asked).toEqual(['a.test 4']);
  });

  it('settle nothing when it is given up, though the answer comes at that moment', async () => {
    const control = new AbortController();
    const settled = serversAnswer(NAMES, 4, control.signal, undefined);
    expect(vi.getTimerCount()).toBe(0);
    control.abort();
    expect(await settled).toBe(false);
    answers = { 'a.test': 'found' };
    const late = new AbortController();
    const answered = serversAnswer(NAMES, 4, late.signal, undefined);
    late.abort();
    expect(await answered).toBe(false);
    expect(asked).toEqual(['a.test 4', 'a.test 4']);
  });

  it('have nothing to say of no name', async () => {
    expect(await serversAnswer([], 4, never(), undefined)).toBe(true);
  });
});
