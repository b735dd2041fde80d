/** Command lines that our programs and Mosquitto's are both given, in side-by-side.test.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type ProgramId = 'pub' | 'sub' | 'rr';

/** The words of a command line. `{t}` is a text that no other run has, for topics and identifiers. */
type Words = readonly string[];

export interface Case {
  readonly program: ProgramId;
  readonly words: Words;
  /** Which broker the line gets as `-h` and `-p`, in front: one that takes everybody, one that asks who is there. */
  readonly broker?: 'open' | 'guarded';
  readonly stdin?: string;
  /** Files in the folder where the run is, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Command lines of mosquitto_pub (or, the word before, mosquitto_sub) to run on the open broker first. */
  readonly before?: readonly Words[];
  /** The same, to run once the program has its SUBACK, or for rr once it has sent its request. */
  readonly live?: readonly Words[];
}

const PROGRAMS: readonly ProgramId[] = ['pub', 'sub', 'rr'];

/** The least that a program can run with; 5 s, because a busy machine has to get as far as it does in that time. */
const COMPLETE: Readonly<Record<ProgramId, Words>> = {
  pub: ['-t', '{t}', '-m', 'x'],
  sub: ['-t', '{t}', '-E'],
  rr: ['-t', '{t}/q', '-e', '{t}/a', '-m', 'x', '-W', '5'],
};

function fixture<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8')) as T[];
}

/** The words of a line that has no word with a blank. */
const split = (line: string): Words => line.split(' ');

const line = (program: ProgramId, words: string | Words): Case => ({
  program,
  words: typeof words === 'string' ? split(words) : words,
});

const onEach = (programs: readonly ProgramId[], ...lines: readonly (string | Words)[]): Case[] =>
  programs.flatMap((program) => lines.map((words) => line(program, words)));

/** Each line to one program after the other. */
const inTurn = (...lines: readonly (string | Words)[]): Case[] =>
  lines.map((words, index) => line(PROGRAMS[index % PROGRAMS.length]!, words));

/** The same of lines that are complete but for these words. */
const completeInTurn = (...lines: readonly (string | Words)[]): Case[] =>
  inTurn(...lines).map(({ program, words }) => line(program, [...COMPLETE[program], ...words]));

// ---------------------------------------------------------------------------------- lines that are refused as they are

const options = fixture<{
  readonly names: Words;
  readonly commands: readonly ProgramId[];
  readonly since: string;
  readonly missing?: string;
}>('options.json').filter(({ since, names }) => since.startsWith('2.0') && !names.includes('-S'));

/** Each name of each option that takes a value, as the last word of a line of one program after the other. */
const missingValues: readonly Case[] = options
  .filter(({ missing }) => missing !== undefined)
  .flatMap(({ names, commands }, index) =>
    names.map((name, at) => {
      const program = commands[(index + at) % commands.length]!;
      return line(program, [...COMPLETE[program], name]);
    }),
  );

/** Each option that not all programs have, given to one that does not have it. */
const foreign: readonly Case[] = options.flatMap(({ names, commands }, index) => {
  const others = PROGRAMS.filter((program) => !commands.includes(program));
  return others.length === 0 ? [] : [line(others[index % others.length]!, [names[0]!, '1'])];
});

const ranges: readonly Case[] = [
  ...onEach(PROGRAMS, '-p abc'),
  ...inTurn(
    '-p -1',
    '-p 65536',
    '-q -1',
    '-q 3',
    '-k 0',
    '-k 4',
    '-k 65536',
    '-V 4',
    '-V mqttv6',
    '-M 0',
    '-M -3',
    '-x word',
    '-x -2',
    '-x 4294967296',
    '-x 1x',
    '--will-qos 3',
    '--will-qos -1',
    ['-V', ''],
    ['-x', ''],
  ),
  ...onEach(['pub'], '--repeat 0', '--repeat -1', '--repeat-delay -1', '--repeat-delay -0.5'),
  ...onEach(['sub'], '-C 0', '-C -1', '-C word', '--random-filter 0', '--random-filter 0.05', '--random-filter -5'),
  ...onEach(['sub', 'rr'], '-W 0', '-W -1', '-W word'),
];

const unknown: readonly Case[] = [
  ...onEach(PROGRAMS, '-Z', '--host=localhost', '--help', '--version', '-t a --help', '-Z --help'),
  ...inTurn(
    '--unknown',
    'word',
    [''],
    '--',
    '-',
    '-dq',
    '-p1883',
    '-H localhost',
    '-D',
    '-D publish',
    '-D publish content-type',
    '-D publish user-property k',
    '-t a -Z',
    '-d --quiet -Z',
  ),
];

const topics: readonly Case[] = [
  ...onEach(
    ['pub', 'rr'],
    '-t +',
    '-t #',
    '-t a/+',
    '-t a/#/b',
    '-t a+b',
    ['-t', 'a\u0001b'],
    ['-t', '\u007f'],
    ['-t', 'a\u{fffe}'],
    ['-t', 'a\u{fdd0}'],
    ['-t', 'x'.repeat(65_536)],
    ['-t', 'x'.repeat(65_537)],
  ),
  ...onEach(['rr'], '-e +', '-e a/#', ['-e', 'a\u0002'], ['-e', 'x'.repeat(65_536)]),
  ...onEach(
    ['sub'],
    ...['-t', '-T', '-U'].flatMap((option) =>
      ['a+', '#/a', 'a#', 'a/#/b', '+a', 'a/+b/c', 'a\u0001', '', 'x'.repeat(65_536)].map((filter) => [option, filter]),
    ),
  ),
  ...onEach(PROGRAMS, '--will-topic +', '--will-topic a/#', ['--will-topic', 'a\u0003']),
];

const contradictions: readonly Case[] = [
  ...completeInTurn(
    '-i a -I b',
    '-I b -i a',
    '-i a -i b -I c',
    '-c',
    '-c -I a',
    '-c -V 31',
    '-V 5 -c',
    '-V 5 -x -1',
    '-V 5 -x ∞',
    '-P secret',
    '-V 31 -P secret',
    '-P secret --quiet',
    '--will-payload x',
    '--will-retain',
    '--will-payload x --will-retain',
    '--cert a.pem',
    '--key a.pem',
    '--cert a.pem --cafile b.pem',
    '--keyform pem',
    '--keyform pem --cert a.pem',
    '--keyform other --key k --cert c',
    '-L mqtt://host',
    '-L mqtt://host:1883',
    '-L mqtt://user:secret@host',
    '-i a -c --will-qos 1 -Z',
  ),
  ...PROGRAMS.flatMap((program) =>
    [
      '--tls-engine-kpass-sha1 00',
      '--psk 00',
      '--psk 00 --psk-identity a --cafile b',
      '-L http://host/topic',
      '-L host/topic',
      '--proxy ftp://host',
      '--proxy socks5h://',
      '--proxy socks5h://host:0',
      '--cafile missing.pem',
    ].map((words) => line(program, [...COMPLETE[program], ...split(words)])),
  ),
  ...PROGRAMS.map((program) => line(program, [...COMPLETE[program], '-i', ''])),
  ...PROGRAMS.map((program) => line(program, [...COMPLETE[program], '-h', ''])),
  ...PROGRAMS.map((program) => line(program, [...COMPLETE[program], '-d', '--quiet', '-P', 'secret'])),
  ...onEach(['pub'], ...[...pairs(['-m x', '-f x', '-s', '-l', '-n'])]),
  ...onEach(['rr'], ...[...pairs(['-m x', '-f x', '-s', '-n'])]),
  ...onEach(['pub'], '-t a', '-m x', '-d', '-t a --quiet', '-t a -f missing', '-f missing', '-t a -f .', '-t a -s'),
  ...onEach(['rr'], '-t a', '-m x', '-e a', '-t a -m x', '-e a -m x', '-t a -e b', '-t a -e b -f missing'),
  ...onEach(['sub'], '-d', '-v', '-C 1', '-R --retained-only -t a', '--retained-only -R -t a -q 1'),
  ...onEach(['rr'], '-t a -e b -m x -D publish response-topic c'),
].filter(({ words }) => words.length > 0);

function* pairs(kinds: readonly string[]): Generator<Words> {
  for (const [index, first] of kinds.entries()) {
    for (const second of kinds.slice(index)) yield ['-t', 'a', ...split(first), ...split(second)];
  }
}

const properties = fixture<{
  readonly name: string;
  readonly type: string;
  readonly option_commands: readonly string[];
}>('properties.json');

const PACKETS = ['connect', 'publish', 'subscribe', 'unsubscribe', 'disconnect', 'will'];

/**
 * Each property of each packet that has it, and of one that has not. An unknown option ends the run where the property is
 * taken.
 */
const propertyWords: readonly Case[] = [
  ...properties.flatMap(({ name, type, option_commands: own }, index) =>
    [...own, ...PACKETS.filter((packet) => !own.includes(packet)).slice(index % 3, (index % 3) + 1)].map(
      (packet, at) => {
        const value = /string|binary/.test(type) ? ['text'] : ['1'];
        const words = name === 'user-property' ? ['key', 'value'] : value;
        return line(PROGRAMS[(index + at) % 3]!, ['-D', packet, name, ...words, '-Z']);
      },
    ),
  ),
  ...onEach(
    PROGRAMS,
    ...['connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'auth', 'nonsense'].map(
      (packet) => `-D ${packet} user-property key value -Z`,
    ),
  ),
  ...onEach(
    ['pub'],
    ...[
      'publish payload-format-indicator 256',
      'publish payload-format-indicator -1',
      'publish message-expiry-interval 4294967296',
      'publish message-expiry-interval -1',
      'publish topic-alias 65536',
      'publish topic-alias -1',
      'connect receive-maximum 65536',
      'connect maximum-packet-size -1',
      'connect session-expiry-interval 4294967296',
      'subscribe subscription-identifier -1',
      'subscribe subscription-identifier 4294967296',
      'PUBLISH CONTENT-TYPE text',
      'Publish Content-Type text',
      'publish Topic-Alias 65536',
      'subscribe SUBSCRIPTION-IDENTIFIER 268435456',
      'publish nonsense 1',
      'nonsense nonsense 1',
    ].map((words) => ['-D', ...split(words), '-Z']),
    ['-D', 'publish', 'content-type', 'a\u0001', '-Z'],
    ['-D', 'publish', 'user-property', 'a\u0001', 'b', '-Z'],
    ['-D', 'publish', 'Content-Type', 'a\u0001', '-Z'],
    ['-D', 'publish', 'USER-PROPERTY', 'a\u0001', 'b', '-Z'],
    ['-D', 'publish', 'Correlation-Data', 'x'.repeat(65_536), '-Z'],
    ['-D', 'publish', 'content-type', '', '-Z'],
    ['-D', 'publish', 'correlation-data', 'x'.repeat(65_536), '-Z'],
  ),
  ...PROGRAMS.flatMap((program) =>
    [
      '-D connect receive-maximum 0',
      '-D connect receive-maximum 1 -D connect receive-maximum 2',
      '-D publish topic-alias 0',
      '-D publish topic-alias 1 -D publish topic-alias 2',
      '-D subscribe subscription-identifier 0',
      '-D will will-delay-interval 1 -D will will-delay-interval 2 --will-topic w',
      '-V 311 -D connect receive-maximum 0',
    ].map((words) => line(program, [...COMPLETE[program], ...split(words)])),
  ),
];

const FORMATS = ['%', '%5', '%Q', '@', 'a\\', '\\q', '%é', '%-05.3', '%.', '%5.t%', '%05.05Q'];
const formats: readonly Case[] = onEach(['sub', 'rr'], ...FORMATS.map((format) => ['-F', format]));

// -------------------------------------------------------------------------------------------------------- on a broker

const on = (program: ProgramId, words: string | Words, more: Partial<Case> = {}): Case => ({
  ...line(program, words),
  broker: 'open',
  ...more,
});

const VERSIONS = ['31', '311', '5'];
const QOS = ['0', '1', '2'];

const cross = (...lists: readonly Words[]): Words[] =>
  lists.reduce<Words[]>((all, list) => all.flatMap((words) => list.map((word) => [...words, word])), [[]]);

const publishing: readonly Case[] = [
  ...cross(VERSIONS, QOS).map(([version, qos]) =>
    on('pub', ['-d', '-i', '{t}', '-V', version!, '-q', qos!, '-t', '{t}/topic', '-m', 'message']),
  ),
  ...VERSIONS.map((version) => on('pub', `-d -V ${version} -t {t} -m message`)),
  ...cross(VERSIONS, QOS).map(([version, qos]) => on('pub', `-d -V ${version} -q ${qos} -r -n -t {t}`)),
  ...QOS.map((qos) => on('pub', `-d -q ${qos} -t {t} -l`, { stdin: 'one\n\ntwo\r\nthree' })),
  on('pub', '-d -t {t} -l', { stdin: '' }),
  on('pub', '-d -t {t} -l', { stdin: '\n' }),
  on('pub', '-V 5 -d -q 1 -t {t} -l', { stdin: 'eins\nzwei\n' }),
  on('pub', '-d -t {t} -s', { stdin: 'all\nof it\n' }),
  on('pub', '-d -q 2 -t {t} -s', { stdin: 'Grüße' }),
  on('pub', '-d -t {t} -s', { stdin: '' }),
  on('pub', '-t {t} -s', { stdin: '' }),
  on('pub', '-t {t} -s --quiet', { stdin: '' }),
  on('pub', '-d -t {t} -f file', { files: { file: 'from a file\n' } }),
  on('pub', '-d -t {t} -f -', { files: { '-': 'the name is a dash' } }),
  on('pub', '-d -t {t} -f file', { files: { file: '' } }),
  on('pub', '-t {t} -f missing'),
  on('pub', '-t {t} -f missing --quiet'),
  on('pub', '-d -t {t} -m x --repeat 3'),
  on('pub', '-d -q 1 -t {t} -m x --repeat 3'),
  on('pub', '-d -q 2 -t {t} -m x --repeat 2 --repeat-delay 0.05'),
  on('pub', '-V 5 -d -q 1 -t {t} -m x --repeat 3 -D publish topic-alias 1'),
  on('pub', '-d -t {t} -l --repeat 2', { stdin: 'line\n' }),
  on('pub', '-d -I pre -t {t} -m x'),
  on('pub', '-d -I pre -V 31 -t {t} -m x'),
  on('pub', ['-d', '-i', '{t} with blanks', '-t', '{t} with blanks', '-m', 'a b  c']),
  on('pub', ['-d', '-t', '{t}/ä/ö', '-m', 'äöü']),
  on('pub', ['-d', '-t', '{t}', '-m', '']),
  on('pub', '-d -t -m -m -t'),
  on('pub', '-d -t {t} -m -5'),
  on('pub', '-d -t {t} -m --help'),
  on('pub', '-d -t first/{t} -t {t} -m last'),
  on('pub', '-q 1 -q 2 -d -t {t} -m x'),
  on('pub', '-t {t} -m x --quiet'),
  on('pub', '-t {t} -m x'),
  on('pub', '-d -t /{t}// -m x'),
  on('pub', '-d -t $SYS/{t} -m x'),
  on('pub', '-t {t} -m x -u name'),
  on('pub', '-t {t} -m x -u name -P secret'),
  on('pub', '-V 5 -t {t} -m x -P secret'),
  on('pub', '-t {t} -m x -k 5'),
  on('pub', '-t {t} -m x -k 65535'),
  on('pub', ['-d', '-i', '{t}', '-t', '{t}', '-m', 'x', '-q', ' 1', '-k', '\t60 ', '--repeat', '   2']),
  on('pub', [
    '-d',
    '-t',
    '{t}',
    '-m',
    'x',
    '-D',
    'publish',
    'message-expiry-interval',
    '  60 ',
    '-q',
    '1',
    '-i',
    '{t}',
  ]),
  on('pub', '-t {t} -m x -A 127.0.0.1'),
  on('pub', '-t {t} -m x -A 192.0.2.1'),
  on('pub', '-t {t} -m x --nodelay'),
  on('pub', '-t {t} -m x -M 1 -q 2 -d'),
  on('pub', '-t {t} -m x --retain -q 1 -d'),
  on('pub', '--topic {t} --message x --qos 1 --debug --id {t} --protocol-version mqttv5'),
  on('pub', '--topic {t} --stdin-line --debug', { stdin: 'x\n' }),
  on('pub', '--topic {t} --stdin-file --debug', { stdin: 'x\n' }),
  on('pub', '--topic {t} --null-message --debug'),
  on('pub', '--topic {t} --file f --debug', { files: { f: 'x' } }),
  on('pub', '--topic {t} --message x --id-prefix pre --disable-clean-session --debug'),
  on('pub', '-c -i {t} -d -t {t} -m x -q 1'),
  on('pub', '-V 5 -c -i {t} -x 10 -d -t {t} -m x -q 1'),
  on('pub', '-V 5 -x 0x10 -d -t {t} -m x'),
  on('pub', '-V 5 -i {t} -x -1 -d -t {t} -m x'),
  on('pub', '-x 10 -d -t {t} -m x'),
  ...VERSIONS.map((version) =>
    on('pub', `-V ${version} -d -t {t} -m x --will-topic {t}/w --will-payload gone --will-qos 1 --will-retain`),
  ),
  on('pub', '-d -t {t} -m x --will-topic {t}/w'),
  on('pub', '-V 5 -d -t {t} -m x --will-topic {t}/w -D will will-delay-interval 5 -D will content-type c'),
  on('pub', '-t {t} -m x --will-qos 1'),
  on('pub', '-V 5 -t {t} -m x -D subscribe user-property a b'),
  ...[
    'connect session-expiry-interval 60',
    'connect receive-maximum 5',
    'connect maximum-packet-size 1000',
    'connect topic-alias-maximum 5',
    'connect request-response-information 1',
    'connect request-problem-information 0',
    'connect user-property a b',
    'publish payload-format-indicator 1',
    'publish message-expiry-interval 60',
    'publish content-type text/plain',
    'publish response-topic {t}/r',
    'publish correlation-data abc',
    'publish topic-alias 1',
    'publish topic-alias 11',
    'publish user-property a b',
    'disconnect reason-string bye',
    'disconnect user-property a b',
    'disconnect session-expiry-interval 0',
    'disconnect session-expiry-interval 9',
    'disconnect session-expiry-interval 9 -x 10',
    'connect authentication-method m',
  ].map((words) => on('pub', `-V 5 -d -q 1 -t {t} -m x -D ${words}`)),
  on('pub', '-d -q 1 -t {t} -m x -D publish content-type implied'),
  on('pub', '-V 311 -d -q 1 -t {t} -m x -D publish content-type implied'),
  on('pub', '-V 5 -t {t} -m x -D connect session-expiry-interval 5 -x 6'),
];

/** What the broker retains before a run of sub. */
const retained: readonly Words[] = [
  split('-r -q 0 -t {t}/a -m eins'),
  split('-r -q 1 -t {t}/b -m zwei'),
  split('-r -q 2 -t {t}/c -m drei'),
];

/** What is published while it listens. */
const live: readonly Words[] = [
  split('-q 0 -t {t}/a -m live0'),
  split('-q 1 -t {t}/b -m live1'),
  split('-q 2 -t {t}/c -m live2'),
];

const rich: Words = [
  ...split('-V 5 -r -q 1 -t {t} -D publish content-type text/plain -D publish response-topic answer/here'),
  ...split('-D publish correlation-data id7 -D publish payload-format-indicator 1'),
  ...split('-D publish user-property key value -D publish user-property other more -m {"n":[1,true,null]}'),
];

const subscribing: readonly Case[] = [
  ...cross(VERSIONS, QOS).map(([version, qos]) =>
    on('sub', `-d -i {t} -V ${version} -q ${qos} -t {t}/# -C 3`, { before: retained }),
  ),
  ...cross(VERSIONS, QOS).map(([version, qos]) =>
    on('sub', `-d -i {t} -V ${version} -q ${qos} -t {t}/# -C 3`, { live }),
  ),
  ...[
    '-v',
    '-N',
    '-v -N',
    '-R -C 1 -W 5',
    '-F %t:%p',
    '-F %t:%p -N',
    '-v -F %p',
    '-F %q|%r|%m|%l|%t|%p',
    '-F %x%X',
    '-F %10t|%-10t|%.30t|%10.30t',
    '-F %05l|%-5l|%5l',
    '-F %8p|%-8p|%08p',
    '-F @@|%%|\\t|\\\\|\\e',
    '-F %A|%E|%C|%D|%R|%P|%S',
    '-T {t}/a -C 2',
    '-T {t}/+ -T nothing -C 1 -W 5',
    '-q 2 --retain-as-published -V 5 -v',
    '-q 1 -M 1 -v',
    '--retain-as-published -v',
    '-v -u name -P secret',
    '-v --nodelay -k 100',
    '-C 1',
    '-C 2 -v',
    '-c -i {t} -q 1 -v',
    '-V 5 -D subscribe subscription-identifier 7 -F %S:%p',
    '-V 5 -D subscribe user-property a b -v',
    '-V 5 -D connect receive-maximum 1 -q 2 -v',
    '-V 5 -D disconnect user-property a b -v',
    '-V 5 -x 10 -v',
    '-V 5 -d -i {t} --retain-as-published -q 1 -v',
    '-V 5 -d -i {t} -R -q 1 -E',
    '-d -i {t} --quiet -v',
    '-v --quiet',
    '-v --pretty',
    '-F %p --pretty',
    '--verbose --debug --id {t}',
    '-I pre -d -v',
    '--random-filter 100 -C 1',
  ].map((words) => on('sub', `-t {t}/# -C 3 ${words}`, { before: retained })),
  ...[
    '-v',
    '-R -v',
    '-R -V 5 -v',
    '-T {t}/b -C 2 -v',
    '-U {t}/b -C 3 -v',
    '-U {t}/other -U {t}/more -V 5 -v',
    '-N',
    '-F %r%q%m%p',
    '-q 1 -v',
    '-q 2 -v',
  ].map((words) => on('sub', `-t {t}/# -C 3 ${words}`, { live })),
  ...['-R -C 3 -v', '-R -V 5 -C 3 -v', '--retained-only -v', '--retained-only -V 5 -v -q 1', '-C 5 -v'].map((words) =>
    on('sub', `-t {t}/# ${words}`, { before: retained, live }),
  ),
  on('sub', '-V 5 -t {t}/# --retain-as-published -R -C 1 -W 5 -F %r:%p', {
    before: retained,
    live: [split('-r -t {t}/z -m live')],
  }),
  ...['-F %r:%p', '-V 5 -F %r:%p', '-V 5 --retain-as-published -F %r:%p'].map((words) =>
    on('sub', `-t {t}/# -C 1 ${words}`, { live: [split('-r -t {t}/z -m live')] }),
  ),
  ...[
    '-t {t} -E',
    '-t {t} -E -d -i {t}',
    '-t {t} -E -d -i {t} --quiet',
    '-t {t} -t {t}/+ -q 2 -E -d -i {t}',
    '-V 5 -t {t} -t {t}/+ -q 1 -E -d -i {t}',
    '-V 31 -t {t} -q 1 -E -d',
    '-V 5 -t {t} -E -d',
    '-t {t} -U {t}/other -E',
    '-t {t} -U {t}/a -U {t}/b -E -V 5',
    '-V 5 -t {t} --retain-as-published -R -q 1 -E -d -i {t}',
    '-t {t} --retain-as-published -R -q 1 -E -d -i {t}',
    '-t $SYS/{t} -t {t}/# -t {t}/+ -E -d -i {t}',
    '-t $share/group/{t} -V 5 -E -d -i {t}',
    '-t {t} -E --will-topic {t}/w --will-payload gone',
    '-t {t} -E -c -i {t}',
    '-V 5 -t {t} -E -c -i {t} -d',
    '-t {t} -E -x 5',
    '-t {t} -E -D subscribe subscription-identifier 1',
    '-U {t} -E',
    '-t {t} -E -L mqtt://127.0.0.1:{port}/{t}/url -d -i {t}',
  ].map((words) => on('sub', words)),
  ...['-W 5', '-W 5 -d -i {t}', '-W 5 -V 5 -d -i {t}', '-W 5 --quiet', '-C 2 -W 5 -R', '-W 5 --retained-only'].map(
    (words) => on('sub', `-t {t} ${words}`, { before: [split('-r -t {t} -m one')] }),
  ),
  // More comes than is wanted: what comes after the end has no line.
  ...[
    '-q 0 -C 1',
    '-V 5 -q 0 -C 2',
    '-V 31 -q 0 -C 1 -U {t}/other',
    '-q 0 -F %p -N -C 1',
    '-q 0 -W 9 --retained-only',
  ].map((words) =>
    on('sub', `-d -i {t} -t {t}/# ${words}`, {
      before: retained,
      ...(words.includes('-C') ? {} : { live: [split('-t {t}/a -m live'), split('-t {t}/a -m late')] }),
    }),
  ),
  // Everything that MQTT 5 says about a message.
  ...['-F %C|%R|%D|%F|%P|%p', '-F %30C|%-30C|%030C|%.4C', '-F %30R|%.4R', '-F %F|%3F|%03F|%A|%E|%S', '-v', '-F %J'].map(
    (words) => on('sub', `-V 5 -t {t} -C 1 ${words}`, { before: [rich] }),
  ),
  on('sub', '-t {t} -C 1 -F %C|%R|%D|%F|%P|%p', { before: [rich] }),
  // Empty messages.
  ...['', '-v', '-N', '-v -N', '-F %p|%l|%x', '-F %5p|%-5p'].map((words) =>
    on('sub', `-t {t} -C 2 ${words}`.trim(), { live: [split('-t {t} -n'), split('-t {t} -n')] }),
  ),
  on('sub', ['-t', '{t}', '-C', '1', '-F', '%p|%x|%l'], { live: [['-t', '{t}', '-m', 'Grüße\n\t"\\']] }),
  // A session that was kept.
  ...cross(['31', '311'], ['1', '2']).map(([version, qos]) =>
    on('sub', `-c -i {t} -V ${version} -q ${qos} -t {t}/# -C 2 -v`, {
      before: [
        ['sub', ...split(`-c -i {t} -V ${version} -q ${qos} -t {t}/# -E`)],
        split('-q 1 -t {t}/a -m kept1'),
        split('-q 2 -t {t}/b -m kept2'),
      ],
    }),
  ),
];

const requesting: readonly Case[] = [
  ...cross(VERSIONS, QOS).map(([version, qos]) =>
    on('rr', `-d -i {t} -V ${version} -q ${qos} -t {t}/q -e {t}/a -m request`, {
      live: [split(`-q ${qos} -t {t}/a -m answer`)],
    }),
  ),
  ...[
    '',
    '-v',
    '-N',
    '-v -N',
    '-F %t:%p:%q:%r',
    '-R',
    '-V 311 -v',
    '-d -i {t}',
    '-D publish user-property a b -v',
    '-D connect user-property a b -D subscribe user-property a b',
    '-W 5 -v',
    '--quiet',
    '--pretty -F %p',
    '--retain-as-published -v',
    '-u name -P secret -v',
    '-q 2 -v',
    '--will-topic {t}/w --will-payload gone',
  ].map((words) => on('rr', `-t {t}/q -e {t}/a -m request ${words}`.trim(), { live: [split('-t {t}/a -m answer')] })),
  on('rr', '-t {t}/q -e {t}/a -n -v', { live: [split('-t {t}/a -n')] }),
  on('rr', '-t {t}/q -e {t}/a -n', { live: [split('-t {t}/a -n')] }),
  on('rr', '-t {t}/q -e {t}/a -f file -d -i {t}', { files: { file: 'text' }, live: [split('-t {t}/a -m answer')] }),
  on('rr', '-t {t}/q -e {t}/a -s -d -i {t}', { stdin: 'text', live: [split('-t {t}/a -m answer')] }),
  on('rr', '-t {t}/q -e {t}/b -e {t}/a -m x', { live: [split('-t {t}/a -m answer')] }),
  on('rr', '-t {t}/q -e {t}/a -m x -W 5'),
  on('rr', '-t {t}/q -e {t}/a -m x -W 5', { before: [split('-r -t {t}/a -m stale')] }),
  on('rr', '-t {t}/q -e {t}/a -m x -W 5 -R', { before: [split('-r -t {t}/a -m stale')] }),
  on('rr', '-t {t}/q -e {t}/a -m x -W 5 -V 311 -d -i {t}'),
  on('rr', '-t {t}/q -e {t}/a -m x -W 5 --quiet'),
  on('rr', '-t {t}/q -e {t}/a -m x -f missing'),
];

// ------------------------------------------------------------------------------------------------- where it goes wrong

/** Our -W counts from the start, so a slow name server must not use it up. */
const PATIENT = { pub: [], sub: ['-W', '20'], rr: ['-W', '20'] } as const;

const CREDENTIALS = '-u someone -P secret';

const refused: readonly Case[] = [
  ...PROGRAMS.flatMap((program) =>
    [
      '-p 1 -h 127.0.0.1',
      '-p 1 -h 127.0.0.1 --quiet',
      '-p 1 -h 127.0.0.1 -d',
      '-h nosuchhost.invalid',
      '-h nosuchhost.invalid --quiet',
      '--unix missing.sock',
      '-p 0',
      '-L mqtt://127.0.0.1:1/{t}',
    ].map((words) =>
      line(program, [...COMPLETE[program], ...split(words), ...(words.includes('nosuchhost') ? PATIENT[program] : [])]),
    ),
  ),
  ...completeInTurn(['-h', 'x'.repeat(300)], ['-A', ''], ['-A', 'x'.repeat(300), '-h', '127.0.0.1']),
  ...PROGRAMS.flatMap((program) =>
    VERSIONS.flatMap((version) =>
      ['', '-u someone -P wrong', '-u someone -P wrong --quiet', '-u someone -P wrong -d -i {t}'].map(
        (words): Case => ({
          ...line(program, [...COMPLETE[program], '-V', version, ...split(words).filter((word) => word !== '')]),
          broker: 'guarded',
        }),
      ),
    ),
  ),
  ...VERSIONS.map(
    (version): Case => ({
      ...line('pub', `-V ${version} ${CREDENTIALS} -t allowed/{t} -m x -q 1 -d`),
      broker: 'guarded',
    }),
  ),
  ...VERSIONS.map(
    (version): Case => ({ ...line('pub', `-V ${version} ${CREDENTIALS} -t denied/{t} -m x -q 1`), broker: 'guarded' }),
  ),
  { ...line('pub', `-V 5 ${CREDENTIALS} -t denied/{t} -m x -q 2`), broker: 'guarded' },
  { ...line('pub', `-V 5 ${CREDENTIALS} -t denied/{t} -m x -q 1 --quiet`), broker: 'guarded' },
  ...VERSIONS.map(
    (version): Case => ({ ...line('sub', `-V ${version} ${CREDENTIALS} -t allowed/{t} -E`), broker: 'guarded' }),
  ),
  { ...line('pub', `-V 5 -t {t} -l`), broker: 'guarded', stdin: 'x\n' },
  { ...line('pub', `-t {t} -l`), broker: 'guarded', stdin: 'x\n' },
];

export const CASES: readonly Case[] = [
  ...missingValues,
  ...foreign,
  ...ranges,
  ...unknown,
  ...topics,
  ...contradictions,
  ...propertyWords,
  ...formats,
  ...publishing,
  ...subscribing,
  ...requesting,
  ...refused,
];

/** How a case is called in the report and in the table of differences. */
export function title({ program, words, broker, stdin, files, before, live: during }: Case): string {
  const quote = (word: string): string => {
    const short = word.length > 100 ? `${word.slice(0, 1)}×${word.length}` : word;
    return /^[\w%{}/:,.=+#@$|~^∞-]+$/.test(short) ? short : JSON.stringify(short).replace(/\\\\/g, '\\');
  };
  return [
    `${program} ${words.map(quote).join(' ')}`,
    ...(broker === 'guarded' ? ['(guarded)'] : []),
    ...(files === undefined ? [] : [`[${Object.entries(files).map(([name, text]) => `${name}=${quote(text)}`)}]`]),
    ...(stdin === undefined ? [] : [`< ${quote(stdin)}`]),
    ...(before === undefined ? [] : ['after', `${before.length}`]),
    ...(during === undefined ? [] : ['with', `${during.length}`]),
  ].join(' ');
}
