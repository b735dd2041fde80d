/**
 * tsspool: what it prints, its exit statuses, and what is in the folder after.
 * Covers src/cli/informational.ts, src/commands/spool/io.ts.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../support/golden.ts';
import { tempDir } from '../../support/tmp.ts';
import { filled, imported, line, tsspool } from './rig.ts';

/** The message about a file that no spool has made. */
const tooLong = (folder: string, name: string): string =>
  `Error: ${join(folder, name)} is damaged: it is longer than 1073741824 bytes\nHint: Move that file out of the directory, and run tsspool DIR verify.\n`;

describe('what is printed', () => {
  it('--help and --version', async () => {
    const help = await tsspool(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expectGolden('help-tsspool.txt', help.stdout);
    expect(help.stdout.split('\n').every((text) => text.length <= 80)).toBe(true);
    expect(await tsspool([])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: DIR and SUBCOMMAND are missing.\nHint: Write tsspool DIR list to see what is queued in DIR.\n',
    });
    expect((await tsspool(['--version'])).stdout).toMatch(
      /^tsspool \d+\.\d+\.\d+ \(Node\.js \S+\)\nTLS +OpenSSL \S+\nPSK +yes\nengines +yes\nWebSocket +yes\nargon2 +(yes|no: .*)\n$/,
    );
  });

  it('list, shape, show, drop, verify', async () => {
    const folder = await filled();
    const forms = [['list'], ['shape'], ['shape', '--levels', '1'], ['shape', '--levels=3'], ['show', '3'], ['verify']];
    let text = '';
    for (const form of [...forms, ['drop', '1', '5'], ['list'], ['shape', '--older-than', '100m'], ['verify']]) {
      const { status, stdout, stderr } = await tsspool([folder, ...form]);
      expect([status, stderr]).toEqual([0, '']);
      text += `$ tsspool DIR ${form.join(' ')}\n${stdout.endsWith('\n') ? stdout : `${stdout}\n`}`;
    }
    expectGolden(
      'tsspool.txt',
      text
        .replaceAll(folder, 'DIR')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<TIME>')
        .replaceAll(/\d+ bytes,/g, '<N> bytes,'),
    );
  });

  it('--json of each', async () => {
    const folder = await filled();
    const json = async (...args: string[]): Promise<unknown[]> => {
      const { status, stdout, stderr } = await tsspool([folder, ...args, '--json']);
      expect([status, stderr]).toEqual([0, '']);
      return stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as unknown);
    };
    const list = await json('list');
    expect(list).toHaveLength(5);
    expect(list[2]).toEqual({
      id: 3,
      accepted: expect.stringMatching(/Z$/),
      age: expect.any(Number),
      topic: 'plant/2/temperature',
      qos: 2,
      retain: true,
      payloadlen: 22,
      size: expect.any(Number),
      inflight: false,
    });
    expect(await json('shape', '--levels', '1')).toEqual([
      {
        minutes: [5, 10, 20, 40, 80, 160, 320, 640, 1280],
        rows: [
          { total: 5, counts: [1, 1, 0, 1, 0, 0, 1, 0, 0, 1] },
          { topic: 'plant/#', total: 4, counts: [0, 1, 0, 1, 0, 0, 1, 0, 0, 1] },
          { topic: 'office', total: 1, counts: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        ],
      },
    ]);
    expect(await json('show', '5')).toEqual([expect.objectContaining({ id: 5, properties: [], payload: '' })]);
    expect(await json('verify')).toEqual([
      { folder, messages: 5, bytes: expect.any(Number), inflight: 0, problems: [] },
    ]);
    expect(await json('drop', '--topic', 'plant/+/temperature')).toEqual([
      { folder, dropped: [1, 3], inflight: [], missing: [] },
    ]);
    expect((await json('list')).length).toBe(3);
  });
});

describe('export and import', () => {
  const ODD = [
    line('a', 1, { payload: 'quote " and \\ and \u{1f600}' }),
    line('b', 1, { payload: null, payload_base64: Buffer.from([0, 255, 10, 13]).toString('base64') }),
    line('c', 1, { payload: '', qos: 2, retain: true }),
    // As %J writes a payload that is JSON: its text is the payload.
    line('j', 1, { payload: { n: [1, 2.5], t: true } }),
    line('d', 1, {
      properties: {
        'payload-format-indicator': 1,
        'message-expiry-interval': 4_294_967_295,
        'content-type': 'text/plain',
        'response-topic': 'answers',
        'correlation-data': null,
        'correlation-data_base64': '//4=',
        'user-properties': [{ a: '1' }, { a: '2' }, { '': '' }],
      },
    }),
  ].join('\n');

  it('give the same messages: topic, payload, QoS, retain, properties, time', async () => {
    const first = await imported(ODD);
    const exported = (await tsspool([first, 'export'])).stdout;
    const second = await imported(exported);
    expect((await tsspool([second, 'export'])).stdout).toBe(exported);
    const lines = exported
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines.map(({ topic }) => topic)).toEqual(['a', 'b', 'c', 'j', 'd']);
    expect(lines[3]).toMatchObject({ payload: '{"n":[1,2.5],"t":true}' });
    expect(lines[4]).toMatchObject(
      (JSON.parse(ODD.split('\n')[4]!) as { properties: object }).properties && {
        properties: (JSON.parse(ODD.split('\n')[4]!) as { properties: object }).properties,
      },
    );
    expect(lines[1]).toMatchObject({ payload: null, payload_base64: 'AP8KDQ==' });
  });

  it.each([
    ['not JSON', '{', 'it is not JSON'],
    ['a list', '[]', 'it is not a JSON object'],
    ['no topic', '{}', 'it has no topic'],
    ['a wildcard', '{"topic":"a/#"}', "invalid topic 'a/#', does it contain '+' or '#'?"],
    ['a lone surrogate', '{"topic":"\\ud800"}', 'the topic is not well-formed text'],
    ['no payload', '{"topic":"a"}', 'it has no payload'],
    ['QoS 3', '{"topic":"a","payload":"","qos":3}', 'qos must be 0, 1 or 2'],
    ['retain', '{"topic":"a","payload":"","retain":"yes"}', 'retain must be true or false'],
    ['bad base64', '{"topic":"a","payload_base64":"?"}', 'payload_base64 is not Base64'],
    [
      'a time',
      '{"topic":"a","payload":"","tst":"yesterday"}',
      'tst must be a time such as 2026-11-20T23:02:44.123456+0100',
    ],
    ['no property', '{"topic":"a","payload":"","properties":{"x":1}}', "a message has no property 'x'"],
    [
      'a value',
      '{"topic":"a","payload":"","properties":{"message-expiry-interval":-1}}',
      'message-expiry-interval must be a whole number from 0 to 4294967295',
    ],
  ])('%s in one line: nothing is imported, and the line is named', async (_, bad, reason) => {
    const folder = join(tempDir(), 'spool');
    expect(await tsspool([folder, 'import'], `{"topic":"good","payload":"x"}\n${bad}\n`)).toEqual({
      status: 3,
      stdout: '',
      stderr: `Error: Line 2 cannot be imported: ${reason}\n`,
    });
    expect((await tsspool([folder, 'list'])).stdout).toBe('');
    expect(existsSync(folder)).toBe(false);
  });

  it('ten thousand go through', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `{"topic":"t/${i}","payload":"${'x'.repeat(200)}"}\n`).join(
      '',
    );
    const folder = await imported(lines);
    const { stdout } = await tsspool([folder, 'export']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(10_000);
    expect((await tsspool([folder, 'drop', '--topic', '#'])).stdout).toBe(`${folder}: 10000 messages dropped\n`);
    expect(readdirSync(folder).sort()).toEqual(['0000000000010001.msg', 'journal', 'reserve', 'spool']);
  });
});

describe('what is refused', () => {
  it.each([
    [
      ['DIR'],
      "The subcommand is missing after 'DIR'.\nHint: Use one of list, shape, show, drop, export, import, verify.",
    ],
    [['DIR', 'look'], "Unknown subcommand 'look'.\nHint: Use one of list, shape, show, drop, export, import, verify."],
    [['DIR', 'list', '--levels', '2'], '--levels cannot be used with list.\nHint: It goes with shape.'],
    [['DIR', 'list', '-v'], "Unknown option '-v'.\nHint: See tsspool --help."],
    [['DIR', 'list', 'x'], "Unexpected word 'x' after 'list'.\nHint: See tsspool --help."],
    [['DIR', 'show'], "'show' needs the ID of one message.\nHint: See the IDs with tsspool DIR list."],
    [['DIR', 'show', '0'], "'0' is not a message ID.\nHint: See the IDs with tsspool DIR list."],
    [['DIR', 'drop'], "'drop' needs an ID, --topic or --older-than.\nHint: Use --topic '#' to remove every message."],
    [['DIR', 'drop', '--topic', 'a#'], "--topic 'a#' is not a topic filter."],
    [
      ['DIR', 'drop', '--older-than', 'soon'],
      "--older-than 'soon' is not an age.\nHint: Write a whole number and s, m, h, d or w, such as 15m.",
    ],
    [['DIR', 'shape', '--levels', '0'], "--levels '0' must be a whole number from 1 to 100."],
    [['DIR', 'shape', '--levels'], '--levels needs a value.'],
    [['DIR', 'list', '--json=1'], '--json takes no value.'],
  ])('%j', async (args, message) => {
    expect(await tsspool(args)).toEqual({ status: 1, stdout: '', stderr: `Error: ${message}\n` });
  });

  it('a folder that is not there, a file, and a folder with other things in it, which stays as it is', async () => {
    const folder = tempDir();
    chmodSync(folder, 0o755);
    const at = join(folder, 'x');
    expect((await tsspool([at, 'list'])).stderr).toBe(
      `Error: The spool ${at} cannot be opened: No such file or directory\n`,
    );
    expect(existsSync(at)).toBe(false);
    writeFileSync(at, '');
    expect((await tsspool([at, 'list'])).stderr).toBe(`Error: The spool ${at} is not a directory\n`);
    for (const form of ['list', 'import'])
      expect((await tsspool([folder, form], '{"topic":"a","payload":null}')).stderr).toBe(
        `Error: ${folder} is not a spool: it has other files in it (x)\n`,
      );
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it('messages that are not there', async () => {
    const folder = await filled();
    expect(await tsspool([folder, 'show', '9'])).toMatchObject({
      status: 1,
      stderr: `Error: Message 9 is not in ${folder}: no message has had this ID\n`,
    });
    expect(await tsspool([folder, 'drop', '1', '9'])).toEqual({
      status: 1,
      stdout: `${folder}: 1 message dropped\n`,
      stderr: `Error: Message 9 cannot be dropped: it is not in ${folder}\n`,
    });
    expect((await tsspool([folder, 'show', '1'])).stderr).toBe(
      `Error: Message 1 is not in ${folder}: it was delivered or removed\n`,
    );
  });

  it.skipIf(process.getuid?.() !== 0)('a folder of another user', async () => {
    const folder = await filled();
    chownSync(folder, 12_345, 12_345);
    expect(await tsspool([folder, 'import'], '{"topic":"a","payload":null}')).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: The spool ${folder} belongs to another user (number 12345)\nHint: Run the command as that user, or use another directory.\n`,
    });
  });
});

describe('the folder', () => {
  it('whose journal is longer than can be read is refused with a reason', async () => {
    const folder = await filled();
    truncateSync(join(folder, 'journal'), 3 * 2 ** 30);
    expect(await tsspool([folder, 'list'])).toEqual({ status: 1, stdout: '', stderr: tooLong(folder, 'journal') });
  });

  it('whose segment is longer than can be read is refused with a reason, also by what adds and sends', async () => {
    const folder = await filled();
    const segment = readdirSync(folder).find((name) => name.endsWith('.msg'))!;
    truncateSync(join(folder, segment), 3 * 2 ** 30);
    const stderr = tooLong(folder, segment);
    for (const form of ['list', 'verify'])
      expect(await tsspool([folder, form])).toMatchObject({ status: 1, stdout: '', stderr });
    const line = '{"topic":"a","payload":"b"}\n';
    expect(await tsspool([folder, 'import'], line)).toMatchObject({ status: 1, stdout: '', stderr });
  });

  it('that was open to others is closed to them, and that is reported', async () => {
    const folder = await filled();
    chmodSync(folder, 0o755);
    expect((await tsspool([folder, 'verify'])).stderr).toBe(
      `Warning: The spool ${folder} was open to other users; now it is not\n`,
    );
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('with a link in the place of a file: the target of the link is not written', async () => {
    const folder = await filled();
    const other = join(tempDir(), 'other');
    writeFileSync(other, 'mine');
    for (const name of ['0000000000000001.msg', 'journal']) {
      rmSync(join(folder, name));
      symlinkSync(other, join(folder, name));
      const { status, stderr } = await tsspool([folder, 'import'], '{"topic":"a","payload":"x"}');
      await tsspool([folder, 'drop', '--topic', '#']);
      expect(readFileSync(other, 'utf8')).toBe('mine');
      rmSync(join(folder, name), { force: true });
      if (name === 'journal') continue;
      const reason = `Error: The spool ${folder} cannot store the message: Too many levels of symbolic links\n`;
      expect([status, stderr]).toEqual([1, reason]);
    }
  });

  it('may be there and empty', async () => {
    const folder = join(tempDir(), 'spool');
    mkdirSync(folder, { mode: 0o700 });
    expect((await tsspool([folder, 'list'])).stderr).toBe(
      `Error: ${folder} is not a spool: it contains no messages\nHint: Check the name of the directory. tspub --spool DIR creates a spool.\n`,
    );
    expect(await tsspool([folder, 'import'], '{"topic":"a","payload":null}')).toMatchObject({ status: 0, stderr: '' });
  });

  it('with a damaged record: verify names it, list shows the rest', async () => {
    const folder = await filled();
    const path = join(folder, '0000000000000001.msg');
    const data = readFileSync(path);
    data[data.indexOf('pressure')]! ^= 1;
    writeFileSync(path, data);
    const verify = await tsspool([folder, 'verify']);
    expect(verify.status).toBe(1);
    expect(verify.stdout).toMatch(
      /0000000000000001\.msg: \d+ bytes from \d+ on cannot be read\n.*1 of the messages 2 to 2 are missing\n.*: 4 messages, \d+ bytes, 0 in flight, 2 problems\n$/,
    );
    const list = await tsspool([folder, 'list']);
    expect(list.status).toBe(0);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(list.stderr).toBe(`Warning: ${folder} is damaged: 2 problems\nHint: Run tsspool ${folder} verify.\n`);
  });
});
