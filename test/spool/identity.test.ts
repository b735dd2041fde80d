/** The folder of a spool: whose it is, what may be in it, and who may look into it. */
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/runtime/files.ts';
import type { SpoolSystem } from '../../src/spool/folder.ts';
import { draft, type Rig, rig, waiting } from './rig.ts';

const errno = (code: string): Error => Object.assign(new Error(code), { code });

/** A rig whose system answers some calls in another way. */
function rigWith(change: (fs: FileSystem) => object, around: Partial<SpoolSystem> = {}): Rig {
  const one: Rig = rig({
    ...around,
    get fs() {
      return { ...one.files.fs, ...change(one.files.fs) } as FileSystem;
    },
  });
  return one;
}

/** As the stat of the folder has it. */
const folderWith = (stat: object, more: object = {}): ((fs: FileSystem) => object) => {
  return (fs) => ({
    ...more,
    fstatSync: (fd: number) => {
      const found = fs.fstatSync(fd);
      return found.isDirectory() ? { ...found, isDirectory: () => true, ...stat } : found;
    },
  });
};

describe('the client identifier', () => {
  it('is made up once, and stays', async () => {
    const { open, files } = rig();
    const { clientId } = open();
    expect(clientId).toMatch(/^tsspool[0-9a-z]{16}$/);
    expect(files.file('spool')!.toString()).toBe(`tsmosq spool 1\nclient ${clientId}\n`);
    expect(open().clientId).toBe(clientId);
    expect(rig().open().clientId).not.toBe(clientId);
  });

  it('is that of the file, whatever it is', () => {
    for (const name of ['a', '_my-id_', 'x'.repeat(65_535)]) {
      const { open, files } = rig();
      open();
      files.put('spool', Buffer.from(`tsmosq spool 1\nclient ${name}\nmore of a later version\n`));
      expect(open().clientId).toBe(name);
    }
  });

  it.each([
    ['tsmosq spool 2\nclient a\n', 'The spool /spool was made by a newer version: "tsmosq spool 2"'],
    ['tsmosq spool 1\u001b[0m\nclient a\n', 'The spool /spool was made by a newer version: "tsmosq spool 1\\u001b[0m"'],
    ...[
      '',
      'tsmosq spool 1\n',
      'tsmosq spool 1\nclient\n',
      'tsmosq spool 1\nclient \n',
      'tsmosq spool 1\nclient a b\n',
      'other\nclient a\n',
      `tsmosq spool 1\nclient ${'x'.repeat(65_536)}\n`,
    ].map((text) => [
      text,
      'The file /spool/spool is damaged: it must have the lines "tsmosq spool 1" and "client IDENTIFIER"',
    ]),
  ])('is none in a file like %j', (text, message) => {
    const { open, files } = rig();
    open();
    files.put('spool', Buffer.from(text));
    expect(() => open()).toThrow(message);
  });

  it('that is made again puts the journal of the old one aside, and sends all again', async () => {
    const { open, files, reports } = rig();
    const old = open();
    await old.accept([draft('a'), draft('b')]);
    const sender = (await old.sender())!;
    sender.sending(1, 7);
    sender.settled(2, 'delivered');
    await sender.close();
    const journal = files.file('journal')!;
    files.fs.unlinkSync('/spool/spool');
    expect(open().clientId).not.toBe(old.clientId);
    expect(files.file('damaged-journal-0')).toEqual(journal);
    expect(reports).toEqual([expect.stringContaining('set aside in /spool/damaged-journal-0')]);
    const next = (await open().sender())!;
    expect(next.recovery).toEqual({ flights: [], lastPacketId: 0, cleanStart: false, mayDuplicate: false });
    await next.close();
    expect(await waiting(open())).toEqual(['a', 'b']);
  });
});

describe('a folder', () => {
  it('with other files in it is not a spool, and nothing is made in it', () => {
    const { open, files } = rig();
    files.put('notes\n.txt', Buffer.from('x'));
    expect(() => open()).toThrow('/spool is not a spool: it has other files in it (notes\\u000a.txt)');
    expect(files.names()).toEqual(['notes\n.txt']);
  });

  it('with what spools leave, and hidden files, may become one', () => {
    const { open, files } = rig();
    const names = [
      '.nfs0001',
      'damaged-journal-0',
      '0000000000000001.msg',
      'journal.first',
      'append.lock.break',
      'incoming',
      'reserve',
    ];
    for (const name of names) files.put(name, Buffer.alloc(0));
    expect(open().clientId).toBeDefined();
    for (const name of ['0000000000000001.msg.old', '1.msg', 'x.msg']) {
      const other = rig();
      other.files.put(name, Buffer.alloc(0));
      expect(() => other.open()).toThrow(`/spool is not a spool: it has other files in it (${name})`);
    }
  });

  it('that is not a spool yet has no identifier for readers', () => {
    const { open, files } = rig();
    expect(open({ make: false }).clientId).toBeUndefined();
    expect(files.names()).toEqual([]);
  });

  it('of another user is left alone', () => {
    const { open } = rigWith(folderWith({ uid: 17 }));
    expect(() => open()).toThrow(
      expect.objectContaining({
        message: 'The spool /spool belongs to another user (number 17)',
        advice: 'Run the command as that user, or use another directory.',
        code: 'EPERM',
      }),
    );
    // Where users have no numbers.
    expect(rigWith(folderWith({ uid: 17 }), { user: undefined }).open().clientId).toBeDefined();
  });

  it('is no file', () => {
    expect(() => rigWith(folderWith({ isDirectory: () => false })).open()).toThrow(
      'The spool /spool is not a directory',
    );
  });

  it.each([
    ['EACCES', 'The spool /spool cannot be opened: Permission denied', undefined],
    ['ENOENT', 'The spool /spool cannot be opened: No such file or directory', "Create the directory '/' first."],
  ])('that cannot be made, by %s, is reported', (code, message, advice) => {
    const refuse = (): never => {
      throw errno(code);
    };
    expect(() => rigWith(() => ({ mkdirSync: refuse })).open()).toThrow(expect.objectContaining({ message, advice }));
  });

  it('is closed to others once it is known to be a spool, and that is reported', () => {
    for (const [mode, told] of [
      [0o40700, []],
      [0o40750, ['The spool /spool was open to other users; now it is not']],
      [0o40701, ['The spool /spool was open to other users; now it is not']],
    ] as const) {
      const modes: number[] = [];
      const { open, reports } = rigWith(
        folderWith({ mode }, { fchmodSync: (_fd: number, to: number) => modes.push(to) }),
      );
      open();
      modes.length = 0;
      reports.length = 0;
      open();
      expect([reports, modes]).toEqual([told, told.map(() => 0o700)]);
    }
  });

  it('that cannot be closed to others is looked into on a file system that cannot be written, and only there', () => {
    let code = 'EROFS';
    let fails = false;
    const fchmodSync = (): void => {
      if (fails) throw errno(code);
    };
    const { open, reports } = rigWith(folderWith({ mode: 0o40777 }, { fchmodSync }));
    open();
    fails = true;
    reports.length = 0;
    expect(open().clientId).toBeDefined();
    expect(reports).toEqual(['The spool /spool is open to other users, on a read-only file system']);
    code = 'EPERM';
    expect(() => open()).toThrow('The spool /spool cannot be opened: Operation not permitted');
  });

  it('whose files are too long to be of a spool is reported as damaged', () => {
    const { open, files } = rigWith((fs) => ({
      fstatSync: (fd: number) => {
        const found = fs.fstatSync(fd);
        return found.size === 99
          ? { ...found, isFile: () => true, isDirectory: () => false, size: 2 ** 30 + 1 }
          : found;
      },
    }));
    open();
    files.put('0000000000000001.msg', Buffer.alloc(99));
    expect(() => [...open().look().messages()]).toThrow(
      expect.objectContaining({
        message: '/spool/0000000000000001.msg is damaged: it is longer than 1073741824 bytes',
        advice: 'Move that file out of the directory, and run tsspool DIR verify.',
        code: 'EFBIG',
      }),
    );
  });
});
