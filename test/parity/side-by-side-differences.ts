/**
 * Where our programs answer otherwise than Mosquitto's clients 2.0.11: because 2.1, which is the model, does so too, or on
 * purpose. Each departure names its row in COMPATIBILITY.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageRow } from './page.ts';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string;
}

export interface Difference {
  /** For a departure: its row on the page. */
  readonly row?: PageRow;
  /** For a difference by version: what it is about, and what 2.1 does. */
  readonly about?: string;
  readonly in21?: string;
  /** Titles of cases. */
  readonly lines: readonly string[];
  /** What our program does otherwise. Left out: only the order of lines differs. */
  readonly ours?: (theirs: Outcome, title: string) => Partial<Outcome>;
  /** `-d` lines about acknowledgements may stand at another place among the lines of standard output. */
  readonly reordered?: true;
  /** Depends on what arrives first, so that at times both are equal. */
  readonly sometimes?: true;
}

const PROGRAMS = ['pub', 'sub', 'rr'];
const COMPLETE: Readonly<Record<string, string>> = {
  pub: '-t {t} -m x',
  sub: '-t {t} -E',
  rr: '-t {t}/q -e {t}/a -m x -W 5',
};

const of = (programs: readonly string[], ...words: readonly string[]): string[] =>
  programs.flatMap((program) => words.map((word) => `${program} ${word}`));

/** For lines that are complete but for these words. */
const complete = (programs: readonly string[], ...words: readonly string[]): string[] =>
  programs.flatMap((program) => words.map((word) => `${program} ${COMPLETE[program]} ${word}`));

const programOf = (title: string): string => title.slice(0, title.indexOf(' '));

const hint = (title: string): string => `Use '${programOf(title)} --help' to see usage.\n`;

/** Message, empty line, hint; and the same with two empty lines. */
const close = (text: string, title: string): Partial<Outcome> => ({ stderr: `${text}\n\n${hint(title)}` });
const wide = (text: string, title: string): Partial<Outcome> => ({ stderr: `${text}\n\n\n${hint(title)}` });

const swap =
  (wanted: string | RegExp, text: string) =>
  ({ stderr }: Outcome): Partial<Outcome> => ({ stderr: stderr.replace(wanted, text) });

const warn =
  (text: string) =>
  ({ stderr }: Outcome): Partial<Outcome> => ({ stderr: `Warning: ${text}.\n${stderr}` });

const NO_TOPIC: Readonly<Record<string, Partial<Outcome>>> = {
  pub: { stderr: 'Error: Both topic and message must be supplied.\n' },
  sub: close('Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U).', 'sub '),
  rr: close('Error: All of topic, message, and response topic must be supplied.', 'rr '),
};

const PACKAGE = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};
const helpOf = (title: string): string =>
  readFileSync(join(import.meta.dirname, `../golden/help-ts${programOf(title)}.txt`), 'utf8');

const VERSIONS = ['31', '311', '5'];

const BY_VERSION: readonly (Difference & { readonly about: string; readonly in21: string })[] = [
  {
    about: 'texts of URLs',
    in21: 'Unsupported with a capital',
    lines: complete(PROGRAMS, '-L http://host/topic', '-L host/topic'),
    ours: swap('unsupported', 'Unsupported'),
  },
  {
    about: 'texts of files',
    in21: 'the reason is told',
    lines: ['pub -t a -f missing', 'pub -t {t} -f missing'],
    ours: swap(/Unable to open file "(\w+)"\./, 'Unable to read file "$1": No such file or directory.'),
  },
  {
    about: 'an empty topic',
    in21: 'refused on the line',
    lines: ['sub -t ""', 'sub -T ""', 'sub -U ""'],
    ours: (_, title) => {
      const kind = title.includes('-t') ? 'subscription' : title.includes('-T') ? 'filter' : 'unsubscribe';
      return close(`Error: Invalid ${kind} topic '', are all '+' and '#' wildcards correct?`, title);
    },
  },
  {
    about: 'sub without -t',
    in21: '-U will do, and is named',
    lines: ['sub -d', 'sub -v', 'sub -C 1'],
    ours: () => NO_TOPIC['sub']!,
  },
  {
    about: 'sub with -U alone',
    in21: 'unsubscribes',
    lines: ['sub -U {t} -E'],
    ours: () => ({ stderr: '', exit: 0 }),
  },
  {
    about: 'an unknown packet or property in -D',
    in21: 'is named',
    lines: [
      ...of(PROGRAMS, '-D nonsense user-property key value -Z'),
      'pub -D nonsense nonsense 1 -Z',
      'pub -D publish nonsense 1 -Z',
    ],
    ours: swap(/Invalid (command|property name)/, 'Invalid $1 nonsense'),
  },
  {
    about: '-D for SUBACK and UNSUBACK',
    in21: 'known, and not supported',
    lines: of(PROGRAMS, '-D suback user-property key value -Z', '-D unsuback user-property key value -Z'),
    ours: (_, title) => {
      const packet = title.split(' ')[2];
      return wide(`Error: user-property property not supported for ${packet} in --property argument.`, title);
    },
  },
  {
    about: '-x without -V',
    in21: 'selects MQTT 5, so that the broker names the client',
    lines: ['pub -x 10 -d -t {t} -m x'],
    ours: ({ stdout }) => ({ stdout: stdout.replace(/\(null\)(?! sending CONNECT)/g, '{id}') }),
  },
  {
    about: 'the shape of %j and %J',
    in21: 'retain is true or false, no Z in tst, user properties are a list',
    lines: ['sub -V 5 -t {t} -C 1 -F %J after 1'],
    ours: ({ stdout }) => ({
      stdout: stdout
        .replace('}Z+', '}+')
        .replace('"retain":1', '"retain":true')
        .replace('{"key":"value","other":"more"}', '[{"key":"value"},{"other":"more"}]'),
    }),
  },
  {
    about: 'rr with -R',
    in21: 'works',
    lines: ['rr -t {t}/q -e {t}/a -m x -W 5 -R after 1'],
    ours: () => ({ stdout: '', stderr: 'Timed out\n', exit: 27 }),
  },
  {
    about: 'rr with -f',
    in21: 'the file is read',
    lines: ['rr -t a -e b -f missing'],
    ours: () => ({
      stderr: 'Error: Unable to read file "missing": No such file or directory.\nError loading input file "missing".\n',
    }),
  },
];

const DEPARTURES: readonly (Difference & { readonly row: PageRow })[] = [
  {
    row: ['The command line', 'output of `--help`'],
    lines: of(PROGRAMS, '--help', '-t a --help'),
    ours: (_, title) => ({ stdout: helpOf(title), exit: 0 }),
  },
  {
    row: ['The command line', 'output of `--version`'],
    lines: of(PROGRAMS, '--version'),
    ours: (_, title) => ({
      stdout: [
        `ts${programOf(title)} ${PACKAGE.version} (Node.js ${process.versions.node})`,
        `TLS        OpenSSL ${process.versions.openssl}`,
        'PSK        yes',
        'engines    yes',
        'WebSocket  yes',
        'argon2     yes\n',
      ].join('\n'),
      exit: 0,
    }),
  },
  {
    row: ['tspub', 'no topic or no message'],
    lines: ['pub -t a', 'pub -m x', 'pub -d', 'pub -t a --quiet'],
    ours: () => ({ stdout: '' }),
  },
  {
    row: ['The command line', 'value that is not a number…'],
    lines: of(PROGRAMS, '-p abc'),
    ours: (_, title) => ({ ...close('Error: Invalid port given: abc', title), stdout: '' }),
  },
  {
    row: ['The command line', 'value that is not a number…'],
    lines: ['sub -C word', 'sub -W word', 'rr -W word'],
    ours: swap('"0"', '"word"'),
  },
  {
    row: ['The command line', '`--long=value`'],
    lines: of(PROGRAMS, '--host=localhost'),
    ours: (_, title) => NO_TOPIC[programOf(title)]!,
  },
  {
    row: ['TLS', 'CA, certificate…'],
    lines: complete(PROGRAMS, '--cafile missing.pem'),
    ours: swap('File not found.', 'File not found: missing.pem'),
  },
  {
    row: ['tspub', '`-f missing`, and another error in the options'],
    lines: ['pub -f missing'],
    ours: () => NO_TOPIC['pub']!,
  },
  {
    row: ['tspub', '`-f` with a directory'],
    lines: ['pub -t a -f .'],
    ours: () => ({ stderr: 'Error: Unable to read file ".": Is a directory.\nError loading input file ".".\n' }),
  },
  {
    row: ['The command line', '`-D connack …`'],
    lines: of(PROGRAMS, '-D connack user-property key value -Z'),
    ours: (_, title) => wide('Error: user-property property not supported for connack in --property argument.', title),
  },
  {
    row: ['Connections', '`-D will reason-string x`'],
    lines: ['rr -D will reason-string text -Z'],
    ours: (_, title) => wide('Error: reason-string property not allowed for will in --property argument.', title),
  },
  {
    row: ['The command line', 'property given twice, or with a forbidden value'],
    lines: complete(PROGRAMS, '-D connect receive-maximum 0', '-V 311 -D connect receive-maximum 0'),
    ours: (_, title) => close('Error in CONNECT properties: receive-maximum must be at least 1', title),
  },
  {
    row: ['The command line', 'property given twice, or with a forbidden value'],
    lines: complete(PROGRAMS, '-D publish topic-alias 0'),
    ours: (_, title) => close('Error in PUBLISH properties: topic-alias must be at least 1', title),
  },
  {
    row: ['The command line', 'property given twice, or with a forbidden value'],
    lines: complete(PROGRAMS, '-D subscribe subscription-identifier 0'),
    ours: (_, title) => close('Error in SUBSCRIBE properties: subscription-identifier must be at least 1', title),
  },
  {
    row: ['Output (`-F`, also in tsrr)', 'invalid specifier that is not ASCII (`%é`)'],
    lines: of(['sub', 'rr'], '-F "%é"'),
    ours: swap('\ufffd', 'é'),
  },
  {
    row: ['The command line', 'option without effect'],
    lines: [
      'sub -t {t}/# -C 3 --retain-as-published -v after 3',
      'sub -t {t} --retain-as-published -R -q 1 -E -d -i {t}',
    ],
    ours: warn('--retain-as-published has no effect with MQTT 3.1.1'),
  },
  {
    row: ['The command line', 'option without effect'],
    lines: ['pub -d -t {t} -l --repeat 2 < "line\\n"'],
    ours: warn('--repeat and --repeat-delay have no effect with -l'),
  },
  {
    row: ['The command line', 'option without effect'],
    lines: ['pub -d -t first/{t} -t {t} -m last', ...complete(['pub', 'rr'], '-L mqtt://127.0.0.1:1/{t}')],
    ours: warn("only the last topic given is used: '{t}'"),
  },
  {
    row: ['The command line', 'option without effect'],
    lines: ['pub -t {t} -m x --will-qos 1'],
    ours: warn('--will-qos has no effect without --will-topic'),
  },
  {
    row: ['The command line', 'option without effect'],
    lines: ['pub -V 5 -t {t} -m x -D subscribe user-property a b'],
    ours: warn('-D subscribe has no effect because there is nothing to subscribe to'),
  },
  {
    row: ['Connections', '`-D disconnect session-expiry-interval N`…'],
    lines: ['pub -V 5 -d -q 1 -t {t} -m x -D disconnect session-expiry-interval 9'],
    ours: warn('-D disconnect session-expiry-interval has no effect without a persistent session (-x)'),
  },
  {
    row: ['tspub', "topic alias above the broker's maximum"],
    lines: ['pub -V 5 -d -q 1 -t {t} -m x -D publish topic-alias 11'],
    ours: ({ stdout }) => ({
      stdout: stdout.replace(
        'Received DISCONNECT (148)\n',
        'Client {id} received PUBACK (Mid: 1, RC:16)\nClient {id} sending DISCONNECT\n',
      ),
      stderr: '',
      exit: 0,
    }),
  },
  {
    row: ['tssub', 'when a message is acknowledged'],
    lines: [
      ...VERSIONS.flatMap((version) =>
        ['after', 'with'].flatMap((when) =>
          ['1', '2'].map((qos) => `sub -d -i {t} -V ${version} -q ${qos} -t {t}/# -C 3 ${when} 3`),
        ),
      ),
      'sub -t {t}/# -C 3 -V 5 -d -i {t} --retain-as-published -q 1 -v after 3',
    ],
    reordered: true,
  },
  {
    row: ['tspub', '`-l -q 1 -d`'],
    lines: ['1', '2'].map((qos) => `pub -d -q ${qos} -t {t} -l < "one\\n\\ntwo\\r\\nthree"`),
    reordered: true,
    sometimes: true,
  },
  {
    row: ['tspub', '`-l -q 1 -d`'],
    lines: ['pub -V 5 -d -q 1 -t {t} -l < "eins\\nzwei\\n"'],
    reordered: true,
    sometimes: true,
  },
  {
    row: ['tssub', '`--random-filter`'],
    lines: ['sub -t {t}/# -C 3 --random-filter 100 -C 1 after 3'],
    ours: () => ({ stdout: 'eins\n' }),
    sometimes: true,
  },
  {
    row: ['tssub', '`-R --retain-as-published` with MQTT 5'],
    lines: ['sub -V 5 -t {t}/# --retain-as-published -R -C 1 -W 5 -F %r:%p after 3 with 1'],
    ours: () => ({ stdout: '1:live\n', stderr: '', exit: 0 }),
  },
  {
    row: ['tsrr', 'when the response is acknowledged'],
    lines: [
      ...VERSIONS.flatMap((version) =>
        ['0', '1', '2'].map((qos) => `rr -d -i {t} -V ${version} -q ${qos} -t {t}/q -e {t}/a -m request with 1`),
      ),
      'rr -t {t}/q -e {t}/a -m request -d -i {t} with 1',
    ],
    ours: ({ stdout }) => ({ stdout: `${stdout}Client {t} sending DISCONNECT\n` }),
    reordered: true,
  },
  {
    row: ['tsrr', 'end after the response'],
    lines: [
      'rr -t {t}/q -e {t}/a -f file -d -i {t} [file=text] with 1',
      'rr -t {t}/q -e {t}/a -s -d -i {t} < text with 1',
    ],
    ours: ({ stdout }) => ({
      stdout: `${stdout.replace('(0 bytes)', '(4 bytes)')}Client {t} sending DISCONNECT\n`,
    }),
  },
  {
    row: ['tsrr', 'retained message on the response topic'],
    lines: ['rr -t {t}/q -e {t}/a -m x -W 5 after 1'],
    ours: () => ({ stdout: '', stderr: 'Timed out\n', exit: 27 }),
  },
  {
    row: ['Connections', 'broker rejects CONNECT, with `-d`'],
    lines: [
      ...complete(['sub'], ...VERSIONS.map((version) => `-V ${version} -u someone -P wrong -d -i {t} (guarded)`)),
      'rr -t {t}/q -e {t}/a -m x -W 5 -V 5 -u someone -P wrong -d -i {t} (guarded)',
    ],
    ours: ({ stdout }) => ({ stdout: stdout.replace('Client {t} sending DISCONNECT\n', '') }),
  },
  {
    row: ['tsrr', 'CONNECT rejected in MQTT 3'],
    lines: ['31', '311'].flatMap((version) =>
      complete(
        ['rr'],
        `-V ${version} (guarded)`,
        `-V ${version} -u someone -P wrong (guarded)`,
        `-V ${version} -u someone -P wrong -d -i {t} (guarded)`,
      ),
    ),
    ours: ({ stdout, stderr }) => ({
      stdout: stdout.replace('Client {t} sending DISCONNECT\n', ''),
      stderr: stderr.replace('Unknown reason', 'Connection Refused: not authorised'),
    }),
  },
  {
    row: ['tspub', 'broker rejects the message (MQTT 5)'],
    lines: [
      'pub -V 5 -u someone -P secret -t denied/{t} -m x -q 1 (guarded)',
      'pub -V 5 -u someone -P secret -t denied/{t} -m x -q 2 (guarded)',
      'pub -V 5 -u someone -P secret -t denied/{t} -m x -q 1 --quiet (guarded)',
    ],
    ours: () => ({ exit: 135 }),
  },
];

export const DIFFERENCES: readonly Difference[] = [...BY_VERSION, ...DEPARTURES];
