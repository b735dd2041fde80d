/** Asking for a password on a terminal, and on standard input as the original does. */
import { describe, expect, it } from 'vitest';
import { askTwice, streamAsker, terminalAsker, trimLine } from '../../../src/commands/terminal/prompt.ts';
import type { Source, Terminal } from '../../../src/runtime/io.ts';

/** Standard input in these pieces, and what was printed. */
function streams(...pieces: (string | Buffer)[]) {
  const said: string[] = [];
  const input = { read: async () => pieces.shift(), closed: false, close: () => void said.push('closed') };
  const source = {
    ...input,
    read: async () => (pieces.length > 0 ? Buffer.from(pieces.shift() as string) : undefined),
  };
  return { asker: streamAsker(source as unknown as Source, (text) => said.push(text)), said, left: pieces };
}

function typed(...pieces: string[]) {
  const shown: string[] = [];
  const buffers = pieces.map((piece) => Buffer.from(piece));
  const left = [...buffers];
  const terminal: Terminal = {
    write: (text) => void shown.push(text),
    keys: async () => left.shift(),
    close: () => void shown.push('closed'),
  };
  return { asker: terminalAsker(terminal), shown, buffers };
}

describe('lines of standard input', () => {
  it.each([
    [['one\ntwo\n'], ['one', 'two']],
    [
      ['o', 'ne\nt', 'wo'],
      ['one', 'two'],
    ],
    [
      ['one\r\n', 'two\r\r\n'],
      ['one', 'two'],
    ],
    [['one\0rest\ntwo'], ['one', 'two']],
    [['one\n\r\n'], ['one', '!Empty password.']],
    [['one'], ['one', '!Empty password.']],
    [[], ['!Empty password.', '!Empty password.']],
    [
      ['x'.repeat(65_498), '\ntwo\n'],
      ['x'.repeat(65_498), 'two'],
    ],
    [[`${'x'.repeat(65_499)}two\n`], ['x'.repeat(65_499), 'two']],
    [[`${'x'.repeat(65_499)}\n`], ['x'.repeat(65_499), '!Empty password.']],
    [['x'.repeat(65_500)], ['x'.repeat(65_499), 'x']],
  ])('are passwords, one after the other: case %#', async (pieces, passwords) => {
    const { asker } = streams(...pieces);
    for (const password of passwords)
      expect(await asker.ask('? ').then(String, (error: Error) => `!${error.message}`)).toBe(password);
  });

  it('are asked for on standard output, with a line feed behind one that is accepted only', async () => {
    const { asker, said } = streams('one\n\n');
    await asker.ask('Password: ');
    await expect(asker.ask('Again: ')).rejects.toMatchObject({ kind: 'invalid-input', status: 1 });
    asker.close();
    expect(said).toEqual(['Password: ', '\n', 'Again: ', 'closed']);
  });

  it('are read only as far as they are needed', async () => {
    const { asker, left } = streams('one\ntw', 'o\n', 'three\n');
    await asker.ask('? ');
    expect(left).toHaveLength(2);
    await asker.ask('? ');
    expect(left).toHaveLength(1);
  });

  it.each([
    ['a\n', 'a'],
    ['a\r\n\r\n', 'a'],
    ['a\rb\n', 'a\rb'],
    ['a\r\0b\n', 'a'],
    ['\0', ''],
    ['', ''],
    ['\n', ''],
  ])('%j without its end is %j', (line, text) => {
    expect(trimLine(Buffer.from(line)).toString()).toBe(text);
  });
});

describe('a terminal', () => {
  it('may have been typed on ahead, and what was typed is wiped', async () => {
    const { asker, shown, buffers } = typed('one\rtw', 'o\r', 'left');
    expect(String(await asker.ask('Password: '))).toBe('one');
    expect(String(await asker.ask('Again: '))).toBe('two');
    asker.close();
    expect(shown).toEqual(['Password: ', '\n', 'Again: ', '\n', 'closed']);
    expect(buffers.map(String)).toEqual(['\0'.repeat(6), '\0\0', 'left']);
  });

  it.each([
    ['\u0003', 130],
    ['\u001c', 131],
  ])('ends with the signal of %j', async (key, status) => {
    const { asker, shown } = typed('one', key);
    await expect(asker.ask('? ')).rejects.toMatchObject({ name: 'Interrupted', status });
    expect(shown).toEqual(['? ', '\n']);
  });

  it('with an empty line, or none, is not a password', async () => {
    for (const [keys, shown] of [
      [['\r'], ['? ', '\n']],
      [[], ['? ']],
    ] as const) {
      const rig = typed(...keys);
      await expect(rig.asker.ask('? ')).rejects.toMatchObject({ message: 'Empty password.', status: 1 });
      expect(rig.shown).toEqual(shown);
    }
  });
});

describe('a new password', () => {
  it('is asked for twice', async () => {
    const { asker, said } = streams('one\none\n');
    expect(String(await askTwice(asker))).toBe('one');
    expect(said).toEqual(['Password: ', '\n', 'Reenter password: ', '\n']);
    await expect(askTwice(streams('one\ntwo\n').asker)).rejects.toMatchObject({
      ...{ kind: 'invalid-input', status: 2 },
      message: 'Passwords do not match.',
    });
  });
});
