import { describe, expect, it, vi } from 'vitest';
import { stderrColumns } from '../../src/runtime/screen.ts';

describe('the columns of a terminal', () => {
  it('are asked for once, as each time costs a descriptor, and again when its size has changed', () => {
    let asked = 0;
    let columns = 100;
    class WriteStream {
      readonly columns = columns;
      constructor() {
        asked++;
      }
    }
    const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ WriteStream } as never);
    expect([stderrColumns(), stderrColumns(), asked]).toEqual([100, 100, 1]);
    columns = 50;
    process.emit('SIGWINCH');
    expect([stderrColumns(), stderrColumns(), asked]).toEqual([50, 50, 2]);
    builtin.mockRestore();
  });
});
