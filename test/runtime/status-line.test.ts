import { describe, expect, it } from 'vitest';
import { statusLine } from '../../src/runtime/status-line.ts';

const ERASE = '\r\x1b[K';

function rig(columns: number) {
  const written: string[] = [];
  return {
    written,
    ...statusLine(
      (text) => written.push(text),
      () => columns,
    ),
  };
}

describe('the status line', () => {
  it('takes the place of the one before', () => {
    const { line, written } = rig(80);
    line.show('one');
    line.show('two');
    expect(written).toEqual([`${ERASE}one`, `${ERASE}two`]);
  });

  it('is erased before other text is printed, once', () => {
    const { line, print, written } = rig(80);
    print('a\n');
    line.show('one');
    print('b\n');
    print('c\n');
    expect(written).toEqual(['a\n', `${ERASE}one`, ERASE, 'b\n', 'c\n']);
  });

  it('that was never shown is not erased', () => {
    const { line, written } = rig(80);
    line.erase();
    expect(written).toEqual([]);
  });

  it('leaves the last column free, so that it stays one line', () => {
    const { line, written } = rig(10);
    line.show('0123456789abc');
    expect(written).toEqual([`${ERASE}012345678`]);
  });

  it('is not shown while text waits for a terminal that is stopped', () => {
    const written: string[] = [];
    let isBehind = true;
    const { line } = statusLine(
      (text) => written.push(text),
      () => 80,
      () => isBehind,
    );
    line.show('one');
    isBehind = false;
    line.show('two');
    expect(written).toEqual([`${ERASE}two`]);
  });
});
