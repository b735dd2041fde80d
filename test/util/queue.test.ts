import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/util/queue.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a queue', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 1500 }) }) },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 1500 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'clear' as const, count: 0 }) },
  );

  it('gives back what was put in, in order, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new Queue<number>();
        let model: number[] = [];
        let next = 0;
        for (const { do: action, count } of steps) {
          for (let i = 0; i < count; i++) {
            if (action === 'push') {
              queue.push(next);
              model.push(next++);
            } else if (queue.shift() !== model.shift()) {
              throw new Error('the wrong element');
            }
          }
          if (action === 'clear') {
            queue.clear();
            model = [];
          }
          expect(queue.length).toBe(model.length);
          expect(queue.peek()).toBe(model[0]);
          expect([...queue]).toEqual(model);
        }
      }),
    );
  });

  it('is empty at first', () => {
    const queue = new Queue<string>();
    expect([queue.length, queue.peek(), queue.shift(), [...queue]]).toEqual([0, undefined, undefined, []]);
  });

  it('lets go of an element that was taken, though others wait behind it', async () => {
    const queue = new Queue<object>();
    for (let i = 0; i < 20; i++) queue.push({});
    // In a function of its own: what it looked at must not stay on the stack.
    const taken = (() => Array.from({ length: 10 }, () => new WeakRef(queue.shift()!)))();
    const waiting = new WeakRef(queue.peek()!);
    // A WeakRef holds its object until the end of the turn that made it.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(taken.map((element) => element.deref())).toEqual(taken.map(() => undefined));
    expect(waiting.deref()).toBe(queue.peek());
  });

  it('holds room for what waits, not for all that ever passed through it', () => {
    const queue = new Queue<number>();
    const bytes = heapWhile(() => {
      for (let i = 0; i < 100; i++) queue.push(i);
      for (let i = 0; i < 2_000_000; i++) {
        queue.push(i);
        queue.shift();
      }
    });
    expect(queue.length).toBe(100);
    // Room for two million would be 8 or 16 MB.
    expect(bytes).toBeLessThan(1_000_000);
  });

  it('moves no more elements than were taken, when it never runs empty', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 10_000; i++) queue.push(i);
    const moved = movedWhile(() => {
      for (let i = 0; i < 100_000; i++) {
        queue.push(i);
        queue.shift();
      }
    });
    // Otherwise the queue moves elements in a way that is not counted here.
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThanOrEqual(100_000);
  });
});

/** By how many bytes the heap has grown when the work is done. */
function heapWhile(work: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  work();
  collectGarbage();
  return process.memoryUsage().heapUsed - before;
}

/** How many elements arrays moved towards their beginning during the work. */
function movedWhile(work: () => void): number {
  let moved = 0;
  const { splice, shift } = Array.prototype;
  Array.prototype.splice = function (this: unknown[], start: number, count: number, ...more: unknown[]) {
    moved += this.length - start - count;
    return splice.call(this, start, count, ...more);
  };
  Array.prototype.shift = function (this: unknown[]) {
    moved += this.length - 1;
    return shift.call(this);
  };
  try {
    work();
  } finally {
    Object.assign(Array.prototype, { splice, shift });
  }
  return moved;
}
