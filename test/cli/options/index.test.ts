/**
 * Laws that every row of the table keeps, and what each option does to the settings.
 * Covers src/cli/options/connection.ts, src/cli/options/exec.ts, src/cli/options/misc.ts, src/cli/options/mqtt5.ts,
 * src/cli/options/option.ts, src/cli/options/output.ts, src/cli/options/publishing.ts, src/cli/options/session.ts,
 * src/cli/options/settings.ts, src/cli/options/spool.ts, src/cli/options/subscribing.ts, src/cli/options/tls.ts,
 * src/cli/options/transport.ts, src/cli/options/will.ts, src/cli/values/payload-source.ts.
 */
import { describe, expect, it } from 'vitest';
import { findOption, OPTIONS, optionsOf } from '../../../src/cli/options/index.ts';
import { environmentName, GROUPS, type Option } from '../../../src/cli/options/option.ts';
import { emptySettings, type Settings } from '../../../src/cli/options/settings.ts';
import { CLIENT_IDS, PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';
import { readFormat } from '../../../src/cli/values/format.ts';
import type { CompiledFormat } from '../../../src/output/compile.ts';
import { type DocumentedOption, fixture, settingsOf } from '../support.ts';
import { OWN_OPTIONS } from './own-options.ts';

const PROGRAM_IDS = Object.keys(PROGRAMS) as ProgramId[];
const ROWS = OPTIONS.map((option) => ({ label: `${option.names.join(' ')} (${option.programs.join(' ')})`, option }));
const documented = [...fixture<DocumentedOption[]>('options.json'), ...OWN_OPTIONS];

const missingOf = ({ names }: Option) => documented.find((row) => row.names[0] === names[0])!.missing;

describe('the table of options', () => {
  it.each(PROGRAM_IDS)('has no name twice for %s', (program) => {
    const names = optionsOf(program).flatMap((option) => option.names);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(CLIENT_IDS)('has every documented option of %s, with the same number of words, and no other', (program) => {
    const known = documented.filter((row) => row.commands.includes(program));
    const arity = (option: Option) => (option.arity === 'property' ? '3 (4 for user-property)' : option.arity);
    const row = (names: readonly string[], words: number | string) => `${names.join(' ')}: ${words}`;
    expect(
      optionsOf(program)
        .map((option) => row(option.names, arity(option)))
        .sort(),
    ).toEqual(known.map((option) => row(option.names, option.arity)).sort());
  });

  it.each(ROWS)('$label has a help line of 60 characters at most, without a full stop', ({ option }) => {
    expect(option.help).toMatch(/^\S.{3,59}$/);
    expect(option.help).not.toMatch(/\.$/);
  });

  it.each(ROWS)('$label has well-formed names, the short one first', ({ option }) => {
    expect(option.names.join(' ')).toMatch(
      /^(-[A-Za-z]|--[a-z0-9-]+|-[A-Za-z0-9] --[a-z0-9-]+)$|^(up|roundtrip|fresh|value|cert|limits|sys)$/,
    );
  });

  it.each(ROWS)('$label belongs to a group and conflicts with known options only', ({ option }) => {
    expect(Object.keys(GROUPS)).toContain(option.group);
    for (const name of option.conflict?.with ?? []) expect(OPTIONS.some((other) => other.names[0] === name)).toBe(true);
  });

  const valued = ROWS.flatMap(({ label, option }) => (option.arity === 0 ? [] : [{ label, option }]));

  it.each(valued)('$label has a placeholder and the documented text for a missing value', ({ option }) => {
    expect(option.placeholder).toMatch(/^[A-Z]+( [A-Z]+)*$/);
    const message = missingOf(option);
    expect(message).toMatch(/^Error: /);
    expect(() => settingsOf(option.programs[0]!, option.names[0])).toThrow(expect.objectContaining({ message }));
  });

  it('names the environment after the long name', () => {
    expect(environmentName(findOption('pub', '-h')!)).toBe('TSMOSQ_HOST');
    expect(environmentName(findOption('pub', '--will-topic')!)).toBe('TSMOSQ_WILL_TOPIC');
    expect(['-x', '-D', '--help'].map((name) => environmentName(findOption('pub', name)!))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('knows no option of another program', () => {
    expect(findOption('sub', '-m')).toBeUndefined();
    expect(findOption('pub', '-v')).toBeUndefined();
    expect(findOption('rr', '-l')).toBeUndefined();
  });
});

/** Every name of every valued option, in every program that has it. */
const VALUED_NAMES = PROGRAM_IDS.flatMap((program) =>
  optionsOf(program).flatMap((option) =>
    option.arity === 0 ? [] : option.names.map((name) => ({ program, name, missing: missingOf(option) })),
  ),
);

describe('an option with a value', () => {
  it.each(VALUED_NAMES)('$name of $program without one is refused with the documented text', (row) => {
    expect(() => settingsOf(row.program, row.name)).toThrow(row.missing);
  });
});

describe('an option with limits', () => {
  const limited = documented.flatMap((row) => {
    const program = row.commands[0]!;
    return row.min === undefined || row.arity !== 1 ? [] : [{ ...row, program, name: row.names[0]! }];
  });
  const refused = (program: ProgramId, name: string, word: string) => () => settingsOf(program, name, word);

  it('is one of these', () => {
    expect(limited.map((row) => row.name).join(' ')).toBe(
      '-p -k -M -x --will-qos -q --repeat --repeat-delay -C -W --random-filter --max-packet-size --connect-timeout --retry --retry-delay --retry-max-time --ack-timeout --exec-timeout --exec-retries --workers --drain-quiet --ready-fd',
    );
  });

  it.each(limited.filter((row) => row.name !== '-x'))('$name takes $min and no less', (row) => {
    const { program, name, min } = row;
    const bad = String(row.bad);
    const below = String(min! < 1 && min! > 0 ? 0 : min! - 1);
    expect(refused(program, name, String(min))).not.toThrow();
    expect(refused(program, name, below)).toThrow(bad.replace(/\bN\b/, below));
  });

  it.each(limited.filter((row) => row.max !== undefined && row.name !== '-x'))(
    '$name takes $max and no more',
    (row) => {
      const above = String(row.max! + 1);
      expect(refused(row.program, row.name, String(row.max))).not.toThrow();
      expect(refused(row.program, row.name, above)).toThrow(
        row.name === '-M' ? 'must not be greater than 65535' : String(row.bad).replace(/\bN\b/, above),
      );
    },
  );

  it.each(limited.filter((row) => row.name !== '-x'))(
    '$name takes blanks around its number, as the originals',
    (row) => {
      const { program, name, min } = row;
      expect(refused(program, name, `  ${min} `)).not.toThrow();
    },
  );

  const NOT_NUMBERS = ['abc', '', ' ', '1x', '1 1', '0x10', '١'];

  it.each(limited.filter((row) => row.name !== '-x').flatMap((row) => NOT_NUMBERS.map((word) => ({ ...row, word }))))(
    "$name refuses '$word', naming it where the text has a place for it",
    (row) => {
      expect(refused(row.program, row.name, row.word)).toThrow(String(row.bad).replace(/\bN\b/, row.word));
    },
  );
});

/** Of -L: it says yes or no to TLS and WebSocket. */
const AT_H = { host: 'h', port: 1883, topics: ['t'], tlsUrl: false, wsUrl: false } satisfies Partial<Settings>;

/** What each option sets, and nothing else. */
const EFFECTS: readonly { program: ProgramId; argv: readonly string[]; sets: Partial<Settings> }[] = [
  { program: 'pub', argv: ['--spool', 'd'], sets: { spool: 'd' } },
  { program: 'pub', argv: ['--flush'], sets: { flush: true } },
  { program: 'pub', argv: ['--spool-status', '75'], sets: { spoolStatus: 75 } },
  { program: 'pub', argv: ['--spool-max-bytes', '9'], sets: { spoolMaxBytes: 9 } },
  { program: 'pub', argv: ['--spool-max-count', '9'], sets: { spoolMaxCount: 9 } },
  { program: 'pub', argv: ['--spool-max-age', '2h'], sets: { spoolMaxAge: 7_200_000 } },
  { program: 'pub', argv: ['-h', 'h'], sets: { host: 'h' } },
  { program: 'pub', argv: ['-p', '1884'], sets: { port: 1884 } },
  { program: 'pub', argv: ['-L', 'mqtt://h/t'], sets: AT_H },
  { program: 'sub', argv: ['-L', 'mqtt://h/t/#'], sets: { ...AT_H, topics: ['t/#'] } },
  { program: 'pub', argv: ['--unix', '/run/s'], sets: { host: '/run/s', port: 0 } },
  { program: 'pub', argv: ['-A', '10.0.0.1'], sets: { localAddress: '10.0.0.1' } },
  { program: 'pub', argv: ['-S'], sets: { srv: true } },
  { program: 'pub', argv: ['--ws'], sets: { ws: true } },
  { program: 'pub', argv: ['-L', 'ws://h/t'], sets: { ...AT_H, wsUrl: true } },
  {
    program: 'pub',
    argv: ['--ws-path', '/a?b'],
    sets: { wsPath: '/a?b' },
  },
  {
    program: 'pub',
    argv: ['--ws-header', 'A: b', '--ws-header', 'C:d'],
    sets: {
      wsHeaders: [
        ['A', 'b'],
        ['C', 'd'],
      ],
    },
  },
  {
    program: 'pub',
    argv: ['--proxy', 'socks5h://h'],
    sets: { proxy: { kind: 'socks5h', host: 'h', port: 1080 } },
  },
  { program: 'pub', argv: ['--connect-timeout', '0.25'], sets: { connectTimeout: 250 } },
  { program: 'pub', argv: ['--retry', '3'], sets: { retry: 3 } },
  { program: 'pub', argv: ['--retry-delay', '0.5'], sets: { retryDelay: 500 } },
  { program: 'pub', argv: ['--retry-max-time', '60'], sets: { retryMaxTime: 60_000 } },
  { program: 'pub', argv: ['--explain'], sets: { explain: true } },
  { program: 'pub', argv: ['--nodelay'], sets: { noDelay: true } },
  { program: 'pub', argv: ['-k', '5'], sets: { keepAlive: 5 } },
  { program: 'pub', argv: ['-V', 'mqttv31'], sets: { version: 3 } },
  { program: 'pub', argv: ['-i', 'me'], sets: { id: 'me' } },
  { program: 'pub', argv: ['-I', 'me-'], sets: { idPrefix: 'me-' } },
  { program: 'pub', argv: ['-c'], sets: { keepSession: true } },
  { program: 'pub', argv: ['-x', '010'], sets: { sessionExpiry: 8, version: 5 } },
  { program: 'pub', argv: ['-M', '7'], sets: { maxInflight: 7 } },
  { program: 'sub', argv: ['--max-packet-size', '7'], sets: { maxPacketBytes: 7 } },
  { program: 'pub', argv: ['-u', 'u'], sets: { username: 'u' } },
  { program: 'pub', argv: ['-P', 'p'], sets: { password: Buffer.from('p') } },
  { program: 'pub', argv: ['--password-file', 'f'], sets: { passwordFile: 'f' } },
  { program: 'pub', argv: ['--cafile', 'f'], sets: { caFile: 'f' } },
  { program: 'pub', argv: ['--capath', 'f'], sets: { caPath: 'f' } },
  { program: 'pub', argv: ['--tls-use-os-certs'], sets: { systemCa: true } },
  { program: 'pub', argv: ['--cert', 'f'], sets: { certFile: 'f' } },
  { program: 'pub', argv: ['--key', 'f'], sets: { keyFile: 'f' } },
  { program: 'pub', argv: ['--keyform', 'pem'], sets: { keyForm: 'pem' } },
  { program: 'pub', argv: ['--ciphers', 'L'], sets: { ciphers: 'L' } },
  { program: 'pub', argv: ['--tls-version', 'tlsv1.2'], sets: { tlsVersion: 'tlsv1.2' } },
  { program: 'pub', argv: ['--tls-alpn', 'mqtt'], sets: { alpn: 'mqtt' } },
  { program: 'pub', argv: ['--tls-engine', 'e'], sets: { engine: 'e' } },
  {
    program: 'pub',
    argv: ['--tls-engine-kpass-sha1', '00'],
    sets: { engineKeyPassword: '00' },
  },
  { program: 'pub', argv: ['--tls-keylog', 'f'], sets: { keylogFile: 'f' } },
  { program: 'pub', argv: ['--psk', '00'], sets: { psk: '00' } },
  { program: 'pub', argv: ['--psk-identity', 'me'], sets: { pskIdentity: 'me' } },
  { program: 'pub', argv: ['--insecure'], sets: { insecure: true } },
  { program: 'pub', argv: ['--no-tls'], sets: { noTls: true } },
  { program: 'pub', argv: ['--will-topic', 'w'], sets: { willTopic: 'w' } },
  { program: 'pub', argv: ['--will-payload', 'w'], sets: { willPayload: Buffer.from('w') } },
  { program: 'pub', argv: ['--will-qos', '2'], sets: { willQos: 2 } },
  { program: 'pub', argv: ['--will-retain'], sets: { willRetain: true } },
  {
    program: 'pub',
    argv: ['-D', 'publish', 'topic-alias', '3'],
    sets: {
      version: 5,
      properties: { ...emptySettings().properties, publish: [{ name: 'topic-alias', value: 3 }] },
    },
  },
  { program: 'pub', argv: ['-t', 'a/b'], sets: { topics: ['a/b'] } },
  { program: 'sub', argv: ['-t', 'a/#'], sets: { topics: ['a/#'] } },
  { program: 'pub', argv: ['-m', 'x'], sets: { source: { kind: 'bytes', payload: Buffer.from('x') } } },
  { program: 'pub', argv: ['-f', 'file'], sets: { source: { kind: 'file', path: 'file' } } },
  { program: 'pub', argv: ['-s'], sets: { source: { kind: 'stdin' } } },
  { program: 'pub', argv: ['-l'], sets: { source: { kind: 'lines' } } },
  { program: 'pub', argv: ['-n'], sets: { source: { kind: 'bytes', payload: new Uint8Array(0) } } },
  { program: 'pub', argv: ['-q', '2'], sets: { qos: 2 } },
  { program: 'sub', argv: ['-q', '1'], sets: { qos: 1 } },
  { program: 'pub', argv: ['-r'], sets: { retain: true } },
  { program: 'pub', argv: ['--repeat', '3'], sets: { repeat: 3 } },
  { program: 'pub', argv: ['--repeat-delay', '2149.5'], sets: { repeatDelay: 2_149_500 } },
  { program: 'sub', argv: ['-U', 'a/+'], sets: { unsubscribe: ['a/+'] } },
  { program: 'sub', argv: ['-T', 'a/+'], sets: { filterOut: ['a/+'] } },
  { program: 'sub', argv: ['-C', '3'], sets: { count: 3 } },
  { program: 'sub', argv: ['-W', '3'], sets: { timeout: 3000 } },
  { program: 'sub', argv: ['-E'], sets: { exitAfterSubscribe: true } },
  { program: 'sub', argv: ['-R'], sets: { skipRetained: true } },
  { program: 'sub', argv: ['--retained-only'], sets: { retainedOnly: true } },
  { program: 'sub', argv: ['--retain-as-published'], sets: { retainAsPublished: true } },
  { program: 'sub', argv: ['--retain-handling', 'never'], sets: { retainHandling: 2 } },
  { program: 'sub', argv: ['--remove-retained'], sets: { removeRetained: true } },
  { program: 'sub', argv: ['--random-filter', '12.5'], sets: { randomFilter: 12.5 } },
  { program: 'sub', argv: ['--exec', 'cat'], sets: { exec: 'cat' } },
  { program: 'sub', argv: ['--exec-file', 'f'], sets: { execFile: 'f' } },
  { program: 'sub', argv: ['--exec-timeout', '1.5'], sets: { execTimeout: 1500 } },
  { program: 'sub', argv: ['--exec-retries', '2'], sets: { execRetries: 2 } },
  { program: 'sub', argv: ['--dead-letter', 'd'], sets: { deadLetter: { kind: 'folder', path: 'd' } } },
  { program: 'sub', argv: ['--workers', '4'], sets: { workers: 4 } },
  { program: 'sub', argv: ['--drain'], sets: { drain: true } },
  { program: 'sub', argv: ['--drain-quiet', '50'], sets: { drainQuiet: 50 } },
  { program: 'sub', argv: ['--strict-count'], sets: { strictCount: true } },
  { program: 'sub', argv: ['--ready', 'f'], sets: { ready: 'f' } },
  { program: 'sub', argv: ['--ready-fd', '3'], sets: { readyFd: 3 } },
  { program: 'rr', argv: ['-V', '31'], sets: { version: 3 } },
  { program: 'rr', argv: ['-q', '1'], sets: { qos: 1 } },
  { program: 'rr', argv: ['-e', 'b'], sets: { responseTopic: 'b' } },
  { program: 'rr', argv: ['-W', '3'], sets: { timeout: 3000 } },
  { program: 'rr', argv: ['-R'], sets: { skipRetained: true } },
  { program: 'rr', argv: ['--latency'], sets: { latency: true, noDelay: true } },
  {
    program: 'sub',
    argv: ['-F', '%t'],
    sets: { format: { usesTime: false, renderer: expect.any(Function) as CompiledFormat['renderer'] } },
  },
  { program: 'sub', argv: ['--pretty'], sets: { pretty: true } },
  { program: 'rr', argv: ['--raw'], sets: { raw: true } },
  { program: 'sub', argv: ['-w'], sets: { watch: true } },
  { program: 'sub', argv: ['--message-rate'], sets: { messageRate: true } },
  { program: 'sub', argv: ['-v'], sets: { verbose: true } },
  { program: 'sub', argv: ['-N'], sets: { newline: false } },
  { program: 'pub', argv: ['-d'], sets: { debug: true } },
  { program: 'pub', argv: ['--quiet'], sets: { quiet: true } },
  { program: 'pub', argv: ['-o', 'file'], sets: { optionsFile: 'file' } },
  { program: 'pub', argv: ['-0'], sets: { nul: true } },
  { program: 'sub', argv: ['--null'], sets: { nul: true } },
  { program: 'pub', argv: ['--unsent', 'f'], sets: { unsent: 'f' } },
  { program: 'pub', argv: ['--topic-from-line'], sets: { topicFromLine: true } },
  { program: 'pub', argv: ['--delimiter', ' '], sets: { delimiter: Buffer.from(' ') } },
  { program: 'pub', argv: ['--json-lines'], sets: { source: { kind: 'lines' }, jsonLines: true } },
  { program: 'pub', argv: ['--replay-speed', '2.5'], sets: { replaySpeed: 2.5 } },
  { program: 'pub', argv: ['--ack-timeout', '45'], sets: { ackTimeout: 45_000 } },
  { program: 'pub', argv: ['--summary'], sets: { summary: true } },
  { program: 'pub', argv: ['--help'], sets: { show: 'help' } },
  { program: 'pub', argv: ['--version'], sets: { show: 'version' } },
  { program: 'sub', argv: ['--color', 'never'], sets: { color: 'never' } },
  { program: 'pub', argv: ['--completion', 'zsh'], sets: { show: 'zsh' } },
];

describe('each option', () => {
  it.each(EFFECTS)('$argv of $program sets what it says and nothing else', ({ program, argv, sets }) => {
    expect(settingsOf(program, ...argv)).toEqual({ ...emptySettings(readFormat), ...sets });
  });

  it('has a line in the table above', () => {
    const shown = EFFECTS.map(({ program, argv }) => findOption(program, argv[0]!));
    // Those of tscheck alone have one in test/cli/plan/check.test.ts.
    const shared = OPTIONS.filter(({ programs }) => programs.some((program) => program !== 'check'));
    expect(shared.filter((option) => !shown.includes(option)).map((option) => option.names[0])).toEqual([]);
  });

  it.each(EFFECTS.filter(({ argv }) => /^-[A-Za-z]$/.test(argv[0]!)))('$argv does the same by its long name', (row) => {
    const long = findOption(row.program, row.argv[0]!)!.names[1];
    if (long !== undefined) {
      expect(settingsOf(row.program, long, ...row.argv.slice(1))).toEqual({
        ...emptySettings(readFormat),
        ...row.sets,
      });
    }
  });
});
