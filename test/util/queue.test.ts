import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/util/queue.ts';

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

  it('stays fast when it never runs empty', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 100_000; i++) queue.push(i);
    for (let i = 0; i < 1_000_000; i++) {
      queue.push(i);
      queue.shift();
    }
    expect(queue.length).toBe(100_000);
  });
});
