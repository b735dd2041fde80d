/** Paths into JSON payloads, in the notation of jq. */
import { describe, expect, it } from 'vitest';
import { readJsonPath, valueAt } from '../../src/check/json-path.ts';

describe('a JSON path', () => {
  it.each([
    ['.', []],
    ['.a', ['a']],
    ['.a.b', ['a', 'b']],
    ['.a[0]', ['a', 0]],
    ['[2].x', [2, 'x']],
    ['.a.[1]', ['a', 1]],
    ['."a key"', ['a key']],
    ['.["a key"].b', ['a key', 'b']],
    ['.a["\\u00e4"]', ['a', 'ä']],
    ['.a-b', ['a-b']],
  ])('%s leads through %j', (text, path) => {
    expect(readJsonPath(text)).toEqual(path);
  });

  it.each(['', 'a', '..', '.a.', '.a[', '.a[x]', '.a[-1]', '.a b', '$.a', '.1a', '."a', '."\\q"'])(
    'is not "%s"',
    (text) => {
      expect(readJsonPath(text)).toBeUndefined();
    },
  );

  it.each([
    ['{"a":{"b":[1,2]}}', '.a.b[1]', 2],
    ['{"a":null}', '.a', null],
    ['{"a":null}', '.a.b', undefined],
    ['[1]', '[3]', undefined],
    ['{"a":1}', '.toString', undefined],
    ['{"a":"x"}', '.a.length', undefined],
    ['5', '.', 5],
  ])('in %s finds %s', (json, path, value) => {
    expect(valueAt(json, readJsonPath(path)!)).toEqual(value);
  });

  it('throws for what is not JSON', () => {
    expect(() => valueAt('21.5 C', [])).toThrow(SyntaxError);
  });
});
