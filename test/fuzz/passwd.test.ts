// Invariant: whatever a file looks like, an edit changes the lines of the user named and no other byte.
// Covers src/passwd/edit.ts.
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { judge } from '../../src/passwd/broker-verdict.ts';
import { hashEntries, plainEntries, putEntry, removeEntries } from '../../src/passwd/edit.ts';
import { entryAt, linesOf, textAt } from '../../src/passwd/lines.ts';
import { checkContent, listUsers } from '../../src/passwd/report.ts';
import { SECONDS, SEED, TIMEOUT } from './budget.ts';

const FIELD = `$7$101$2Ms2wqe84uoJ1yef$${'A'.repeat(86)}==`;
/** An equal share of the time for each of the 5 properties. */
const BUDGET = {
  seed: SEED,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: (SECONDS * 1000) / 5,
  markInterruptAsFailure: false,
};
vi.setConfig({ testTimeout: TIMEOUT });
console.log(`fuzz/passwd: FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`);

const word = fc.oneof(
  fc.constantFrom('alice', 'bob', 'a', 'al', FIELD, `$6$2Ms2wqe84uoJ1yef$${'B'.repeat(86)}==`, '$6$ecret', 'x y'),
  fc.string({ unit: fc.constantFrom(':', ' ', '\t', '\r', '#', '$', '\0', '\u00ff', 'a', 'b', '='), maxLength: 6 }),
);
const line = fc.oneof(
  fc
    .tuple(fc.constantFrom('alice', 'bob', ' alice ', '#alice', 'carol', ''), fc.constantFrom(':', '::', ' : '), word)
    .map((parts) => parts.join('')),
  fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
);
const file = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\n\n'), fc.boolean())
  .map(([lines, end, final]) => Buffer.from(lines.join(end) + (final && lines.length > 0 ? end : ''), 'latin1'));
const user = fc.constantFrom('alice', 'bob', 'a', 'carol', 'nobody');

const ownerOf = (content: Buffer, span: { start: number; end: number }): string | undefined => {
  const entry = entryAt(content, span);
  return entry && textAt(content, entry.user);
};
/** The lines, with their ends, that are not of this user. */
const others = (content: Buffer, name: string): string[] =>
  [...linesOf(content)]
    .filter((span) => ownerOf(content, span) !== name)
    .map(({ start, next }) => content.toString('latin1', start, next));

it('the lines are the file', () => {
  fc.assert(
    fc.property(file, (content) => {
      expect(others(content, '\n').join('')).toBe(content.toString('latin1'));
    }),
    BUDGET,
  );
});

it('putting a user leaves every other line as it was, in its order', () => {
  fc.assert(
    fc.property(file, user, (content, name) => {
      const { content: after, found } = putEntry(content, Buffer.from(name), FIELD);
      const before = others(content, name);
      // A last line without an end gets one, when something comes behind it.
      if (found.length === 0 && before.length > 0 && !before.at(-1)!.endsWith('\n')) before[before.length - 1] += '\n';
      expect(others(after, name)).toEqual(before);
      const own = [...linesOf(after)].filter((span) => ownerOf(after, span) === name);
      expect(own).toHaveLength(Math.max(1, found.length));
      for (const { start, next } of own) expect(after.toString('latin1', start, next)).toBe(`${name}:${FIELD}\n`);
      expect(putEntry(after, Buffer.from(name), FIELD).content.equals(after)).toBe(true);
    }),
    BUDGET,
  );
});

it('removing a user leaves every other line as it was, in its order', () => {
  fc.assert(
    fc.property(file, user, (content, name) => {
      const { content: after, found } = removeEntries(content, Buffer.from(name));
      expect(after.toString('latin1')).toBe(others(content, name).join(''));
      expect(removeEntries(after, Buffer.from(name)).found).toEqual([]);
      if (found.length === 0) expect(after.equals(content)).toBe(true);
    }),
    BUDGET,
  );
});

it('hashing plain text leaves every other line as it was, and nothing for a second run', () => {
  fc.assert(
    fc.property(file, (content) => {
      const entries = [...plainEntries(content)];
      const plain = new Set(entries.map(({ line: { start } }) => start));
      const after = hashEntries(
        content,
        entries.map(() => FIELD),
      );
      const expected = [...linesOf(content)].map(({ start, end, next }) =>
        plain.has(start) ? `${ownerOf(content, { start, end })}:${FIELD}\n` : content.toString('latin1', start, next),
      );
      expect(after.toString('latin1')).toBe(expected.join(''));
      expect([...plainEntries(after)]).toEqual([]);
    }),
    BUDGET,
  );
});

it('a report can be made of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), file, (noise, content) => {
      for (const bytes of [Buffer.from(noise), content]) {
        checkContent(bytes);
        for (const listed of listUsers(bytes)) expect(listed.acceptedBy.length).toBeLessThanOrEqual(2);
      }
      judge(Buffer.from(noise).toString('latin1'));
    }),
    BUDGET,
  );
});
