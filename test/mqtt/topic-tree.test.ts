import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches } from '../../src/mqtt/topic.ts';
import { TopicTree } from '../../src/mqtt/topic-tree.ts';
import { filter, topic } from './arbitraries.ts';

describe('a tree of topic filters', () => {
  it.each([
    ['of none takes nothing', [], 'a', false],
    ['takes what one of them takes', ['x', 'a/+/c', 'y'], 'a/b/c', true],
    ['tries the wildcard where the name leads nowhere', ['a/b/x', 'a/+/c'], 'a/b/c', true],
    ['tries the name where there is a wildcard too', ['a/+/x', 'a/b/c'], 'a/b/c', true],
    ['takes the parent with /# [MQTT-4.7.1-1]', ['a/#'], 'a', true],
    ['does not take the start of a longer filter', ['a/b'], 'a', false],
    ['does not take more levels than a filter has', ['a', 'a/+'], 'a/b/c', false],
    ['takes empty levels', ['/+/'], '//', true],
    ['has no wildcard for the first level of a $ topic [MQTT-4.7.2-1]', ['#', '+/a', '+/#'], '$SYS/a', false],
    ['takes a $ topic by its name', ['#', '$SYS/#'], '$SYS/a', true],
    ['takes $ in later levels', ['a/+'], 'a/$b', true],
    ['is not confused by names of properties', ['constructor/__proto__'], 'constructor', false],
  ])('%s', (_law, filters, name, taken) => {
    expect(new TopicTree(filters).matches(name)).toBe(taken);
  });

  it('takes exactly what any of its filters takes', () => {
    const few = fc.oneof(filter, fc.array(fc.constantFrom('a', 'b', '', '+', '$x'), { minLength: 1, maxLength: 4 }));
    const text = (value: string | string[]): string => (typeof value === 'string' ? value : value.join('/') || 'a');
    const name = fc.oneof(
      topic,
      fc.array(fc.constantFrom('a', 'b', '', '$x'), { minLength: 1, maxLength: 4 }).map((levels) => text(levels)),
    );
    fc.assert(
      fc.property(fc.array(few.map(text), { maxLength: 12 }), fc.boolean(), name, (filters, rest, given) => {
        const all = rest ? [...filters, 'a/#'] : filters;
        expect(new TopicTree(all).matches(given)).toBe(all.some((one) => matches(one, given)));
      }),
      { numRuns: 2000 },
    );
  });
});
