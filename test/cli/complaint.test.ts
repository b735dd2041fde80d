/**
 * Covers src/cli/programs.ts.
 */
import { describe, expect, it } from 'vitest';
import { ofProxy, runtimeError, UsageError, unsupported, usage } from '../../src/cli/complaint.ts';
import { PROGRAMS } from '../../src/cli/programs.ts';

const hint = "Use 'tssub --help' to see usage.";
const stderr = (complaint: ReturnType<typeof usage>, quiet = false) =>
  new UsageError(PROGRAMS.sub, complaint, quiet).stderr;

describe('a usage error', () => {
  it('has the form of its message', () => {
    expect(stderr(usage('Error: x'))).toBe(`Error: x\n\n${hint}\n`);
    expect(stderr(usage('Error: x', { blankLines: 2 }))).toBe(`Error: x\n\n\n${hint}\n`);
    expect(stderr(usage('Error: x', { helpLine: false }))).toBe('Error: x\n');
    expect(stderr(usage('Error: x', { above: 1, helpLine: false }))).toBe('\nError: x\n');
  });

  it('is hidden by --quiet only where it counts as a run-time error', () => {
    expect(stderr(runtimeError('Error: x'), true)).toBe('');
    expect(stderr(runtimeError('Error: x'))).toBe('Error: x\n');
    for (const complaint of [
      usage('x'),
      usage('x', { blankLines: 2 }),
      usage('x', { helpLine: false }),
      usage('x', { above: 1, helpLine: false }),
    ])
      expect(stderr(complaint, true)).not.toBe('');
  });

  it('of a proxy keeps the hint with --quiet', () => {
    expect(stderr(ofProxy('Error: x'))).toBe(`Error: x\n\n${hint}\n`);
    expect(stderr(ofProxy('Error: x'), true)).toBe(`\n${hint}\n`);
    expect(stderr(ofProxy('Error: x').at('In f.'), true)).toBe(`\n${hint}\n`);
  });

  it('about what nothing here can do has exit status 10, wherever it stands', () => {
    for (const complaint of [unsupported('x'), unsupported('x').at('In f.')]) {
      expect(new UsageError(PROGRAMS.pub, complaint, false)).toMatchObject({ kind: 'not-supported', status: 10 });
    }
    expect(stderr(unsupported('x'))).toBe('Error: This feature is not supported: x.\n');
  });

  it('has its place in a line of its own after the message', () => {
    expect(stderr(usage('Error: x', { blankLines: 2 }).at('In f.'))).toBe(`Error: x\nIn f.\n\n\n${hint}\n`);
    expect(stderr(runtimeError('Error: x').at('In f.'), true)).toBe('');
  });

  it('has its hint behind message and place, but not with --quiet', () => {
    expect(stderr(usage('Error: x').hinting('Try y.'))).toBe(`Error: x\nHint: Try y.\n\n${hint}\n`);
    expect(stderr(usage('Error: x', { blankLines: 2 }).hinting('Try y.').at('In f.'))).toBe(
      `Error: x\nIn f.\nHint: Try y.\n\n\n${hint}\n`,
    );
    expect(stderr(usage('Error: x').at('In f.').hinting('Try y.'))).toBe(`Error: x\nIn f.\nHint: Try y.\n\n${hint}\n`);
    expect(stderr(usage('Error: x').hinting(undefined))).toBe(`Error: x\n\n${hint}\n`);
    expect(stderr(usage('Error: x').hinting('Try y.'), true)).toBe(`Error: x\n\n${hint}\n`);
  });

  it('is a failure with status 1 and the message without its prefix', () => {
    expect(new UsageError(PROGRAMS.pub, usage('Error: x'), false)).toMatchObject({
      kind: 'usage',
      status: 1,
      message: 'x',
    });
  });
});
