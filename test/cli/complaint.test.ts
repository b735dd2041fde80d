import { describe, expect, it } from 'vitest';
import { apart, bare, close, late, ofProxy, UsageError, unsupported, wide } from '../../src/cli/complaint.ts';
import { PROGRAMS } from '../../src/cli/programs.ts';

const hint = "Use 'tssub --help' to see usage.";
const stderr = (complaint: ReturnType<typeof close>, quiet = false) =>
  new UsageError(PROGRAMS.sub, complaint, quiet).stderr;

describe('a usage error', () => {
  it('has the form of its message', () => {
    expect(stderr(close('Error: x'))).toBe(`Error: x\n\n${hint}\n`);
    expect(stderr(wide('Error: x'))).toBe(`Error: x\n\n\n${hint}\n`);
    expect(stderr(bare('Error: x'))).toBe('Error: x\n');
    expect(stderr(apart('Error: x'))).toBe('\nError: x\n');
  });

  it('is hidden by --quiet only where it counts as a run-time error', () => {
    expect(stderr(late('Error: x'), true)).toBe('');
    expect(stderr(late('Error: x'))).toBe('Error: x\n');
    for (const complaint of [close('x'), wide('x'), bare('x'), apart('x')])
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
    expect(stderr(wide('Error: x').at('In f.'))).toBe(`Error: x\nIn f.\n\n\n${hint}\n`);
    expect(stderr(late('Error: x').at('In f.'), true)).toBe('');
  });

  it('has its hint behind message and place, but not with --quiet', () => {
    expect(stderr(close('Error: x').hinting('Try y.'))).toBe(`Error: x\nHint: Try y.\n\n${hint}\n`);
    expect(stderr(wide('Error: x').hinting('Try y.').at('In f.'))).toBe(`Error: x\nIn f.\nHint: Try y.\n\n\n${hint}\n`);
    expect(stderr(close('Error: x').at('In f.').hinting('Try y.'))).toBe(`Error: x\nIn f.\nHint: Try y.\n\n${hint}\n`);
    expect(stderr(close('Error: x').hinting(undefined))).toBe(`Error: x\n\n${hint}\n`);
    expect(stderr(close('Error: x').hinting('Try y.'), true)).toBe(`Error: x\n\n${hint}\n`);
  });

  it('is a failure with status 1 and the message without its prefix', () => {
    expect(new UsageError(PROGRAMS.pub, close('Error: x'), false)).toMatchObject({
      kind: 'usage',
      status: 1,
      message: 'x',
    });
  });
});
