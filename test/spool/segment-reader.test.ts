import { describe, expect, it } from 'vitest';
import { SpoolFolder, type SpoolSystem } from '../../src/spool/folder.ts';
import { HEADER } from '../../src/spool/frame.ts';
import { idOf } from '../../src/spool/record.ts';
import { readSegment, segmentsFrom, walk } from '../../src/spool/segment-reader.ts';
import { draft, type Rig, rig } from './rig.ts';

const folderOf = ({ files }: Rig): SpoolFolder => new SpoolFolder('/spool', { fs: files.fs } as unknown as SpoolSystem);

/** Five messages, one in each segment. */
async function five(): Promise<Rig> {
  const one = rig({ segmentBytes: 1 });
  await one.open().accept(['a', 'b', 'c', 'd', 'e'].map((payload) => draft(payload)));
  return one;
}

describe('the segments that may have messages', () => {
  it.each<[segments: number[], id: number, found: number[]]>([
    [[1, 5, 9], 1, [1, 5, 9]],
    [[1, 5, 9], 4, [1, 5, 9]],
    [[1, 5, 9], 5, [5, 9]],
    [[1, 5, 9], 100, [9]],
    [[5, 9], 1, [5, 9]],
    [[], 1, []],
  ])('of %j from %i on are %j', (segments, id, found) => {
    expect(segmentsFrom(segments, id)).toEqual(found);
  });
});

describe('reading one after the other', () => {
  const ids = (folder: SpoolFolder, segment: number, end = Number.POSITIVE_INFINITY): number[] =>
    [...walk(folder, [1, 2, 3, 4, 5], { segment, offset: 0 }, end)].map(({ piece }) =>
      piece.kind === 'frame' ? idOf(piece.body) : -1,
    );

  it('begins at the position, and has all behind it', async () => {
    const folder = folderOf(await five());
    expect(folder.segments()).toEqual([1, 2, 3, 4, 5]);
    expect([ids(folder, 0), ids(folder, 4)]).toEqual([
      [1, 2, 3, 4, 5],
      [4, 5],
    ]);
  });

  it('passes over what has been removed meanwhile', async () => {
    const one = await five();
    one.files.fs.unlinkSync('/spool/0000000000000002.msg');
    expect(ids(folderOf(one), 0)).toEqual([1, 3, 4, 5]);
  });

  it('ends where the last one ended when it was looked at', async () => {
    expect(ids(folderOf(await five()), 0, HEADER.length)).toEqual([1, 2, 3, 4]);
  });
});

describe('a segment', () => {
  it('that is not there is none', () => {
    const one = rig();
    one.open();
    expect(readSegment(folderOf(one), 1)).toBeUndefined();
  });

  it('has the bytes of its pieces, and its end', async () => {
    const one = await five();
    const file = one.files.file('0000000000000003.msg')!;
    const segment = readSegment(folderOf(one), 3)!;
    const [piece] = segment;
    expect([segment.bytes(piece!), segment.end, segment.isHeaderDamaged]).toEqual([
      file.subarray(HEADER.length),
      file.length,
      false,
    ]);
  });

  it('of another version is refused wherever the reading begins', async () => {
    const one = await five();
    const file = Buffer.from(one.files.file('0000000000000003.msg')!);
    file[HEADER.length - 1] = 2;
    one.files.put('0000000000000003.msg', file);
    for (const offset of [HEADER.length, HEADER.length + 9])
      expect(() => readSegment(folderOf(one), 3, offset)).toThrow('made by another version of this program (format 2)');
  });
});
