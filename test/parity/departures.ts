/**
 * The departures from Mosquitto's clients that recorded runs show: the one list of them. A row is found on the page
 * COMPATIBILITY.md by the heading above it and its first cell (or the words of that cell before …), and has † there.
 * departures.test.ts compares the list with the page. What our programs answer to these runs is in the golden files.
 */
import { readFileSync } from 'node:fs';
import { goldenFile } from '../support/golden.ts';
import type { PageRow } from './page.ts';

/** For each heading of the page, by first cell: the recorded runs that show the departure. A run may show several. */
const RUNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'The command line': {
    '`--help`, `--version`': 'c157 c159 c519',
    '`--help` before an unknown option': 'c160',
    '`--long=value`': 'c133 c134',
    'value that is not a number…': 'c182 c183 c186 c187 c540 c572 c573',
    'large number…': 'c163',
    '`-D connack …`': 'c400 c401',
    'property given twice, or with a forbidden value': 'c316 c440 c441 c442 c446 c578 c579 c580',
    '`-D` before `-V 311` or `-V 31`': 'c314 c444',
    '`-x` or `-c` with `-D connect session-expiry-interval`': 'c446',
    'option without effect': 'c555 c571 c598',
  },
  'URLs (`-L`)': {
    'several colons without brackets (`mqtt://::1/a`)': 'c361',
  },
  'Options files': {
    'file of `-o` is missing': 'c524 c577',
    '`-o` as the value of another option (`-m -o`)': 'c497',
    'error in a file': 'c499 c500 c504 c505 c509 c510 c511 c512 c514 c518 c520 c521',
    'line of 1,024 bytes or more': 'c515',
    '`-D` in a file': 'c506',
    'spaces before `#` at the beginning of a line': 'c501',
  },
  TLS: {
    'TLS option, and nothing turns TLS on': 'c541 c574 c575',
    'CA, certificate or key file cannot be read': 'c328 c335 c339',
  },
  'Proxies (`--proxy`)': {
    '`http://[USER[:PASSWORD]@]HOST[:PORT]`': 'c362 c378 c379',
    'percent-encoding': 'c377',
    'URL with an empty user…': 'c372 c374 c376',
  },
  Connections: {
    'connection refused, no route, no socket': 'c527 c528 c530',
    '`-d` without a client ID': 'c544 c551',
  },
  tspub: {
    'two `-t`': 'c555',
    'no topic or no message': 'c148 c149 c155',
  },
  tssub: {
    '`-R` with `--retain-handling new`': 'c635',
    '`--remove-retained` with `-C` or `--retained-only`': 'c632',
  },
  'Output (`-F`, also in tsrr)': {
    'empty string in a property (`%C`, `%P`, `%j`)': 'c633 c634',
    '`%-p`, `%-x` without a width': 'c612',
    '`%f`, `%d` with a payload of another length': 'c620 c621',
  },
  tsrr: {
    'end after the response': 'c641 c646 c647',
    'when the response is acknowledged': 'c641 c647',
  },
  tspasswd: {
    '`--help` or `--version` alone': 'd005 d007',
    'a word missing, too many words with `-b`, or `-bc`': 'd015 d019 d021 d023 d025',
    '`-x user`, `-h user`': 'd011',
    'too many words…': 'd093',
    '`-I 50x`, `-I 4294967297`, `-I +5`': 'd107',
    '`-H argon2id`': 'd113',
    'comment, empty or invalid line, NUL': 'd155 d157 d161 d163 d167 d185 d205 d209',
    'last line without a newline': 'd169',
    'user that appears twice': 'd145',
    '`-U`: hashed entries': 'd199',
    '`-U`: comments with a colon': 'd207',
    '`-U`: users that appear twice, or entries with an unknown hash': 'd201',
    '`-U` of an empty file': 'd203',
    '`-c` of an empty file': 'd091',
    'user name that begins or ends with a space': 'd165',
    'directory without write permission': 'd267',
    'advice on permissions': 'd249 d251 d255 d259 d271',
  },
};

/** Departures that too many runs show to name them all: the tests allow for each by a function. */
const EVERYWHERE: readonly PageRow[] = [
  // withoutUsageHint and withoutHint of hint.ts take these lines away.
  ['The command line', 'unknown option; wrong or missing value'],
  ['Connections', 'connection cannot be made'],
  // withoutBrokerHint of hint.ts takes this line away.
  ['tspasswd', 'file of root that user `mosquitto` cannot read'],
  // withQuestion adds these lines to what was recorded.
  ['tspub', 'QoS 0: end of a run'],
];

/** Not departures: the broker of the recordings was a 2.1, which refuses more and orders properties in another way. */
export const BY_BROKER: ReadonlySet<string> = new Set(['c584', 'c618']);

/** Each departure by its row on the page, with the runs that show it. */
export const DEPARTURES: readonly (readonly [row: PageRow, runs: readonly string[]])[] = [
  ...Object.entries(RUNS).flatMap(([heading, rows]) =>
    Object.entries(rows).map(([what, runs]) => [[heading, what], runs.split(' ')] as const),
  ),
  ...EVERYWHERE.map((row) => [row, []] as const),
];

const numbers: ReadonlySet<string> = new Set(DEPARTURES.flatMap(([, runs]) => runs));

/** Whether our programs answer this recorded run in another way on purpose. */
export const isDeparture = (run: string): boolean => numbers.has(run);

/** The numbers of the runs that departures are named for: c… are those of the clients, d… those of mosquitto_passwd. */
export const departing = (kind: 'c' | 'd'): string[] => [...numbers].filter((run) => run.startsWith(kind)).sort();

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** What our programs answer to those runs, by number. */
export const ANSWERS_FILE = goldenFile('recorded-departures.json');
export const ANSWERS = JSON.parse(readFileSync(ANSWERS_FILE, 'utf8')) as Readonly<Record<string, Answer>>;

export const PASSWD_ANSWERS_FILE = goldenFile('passwd-departures.json');
export const PASSWD_ANSWERS = JSON.parse(readFileSync(PASSWD_ANSWERS_FILE, 'utf8')) as Readonly<
  Record<string, unknown>
>;

/**
 * What `-d` of mosquitto_pub prints, with the lines of ours behind QoS 0: PINGREQ asks whether it was read, and DISCONNECT
 * follows its PINGRESP (decision 23).
 */
export const withQuestion = (debug: string): string =>
  debug.includes('sending PUBLISH (d0, q0,')
    ? debug.replace(/^(Client .*) sending DISCONNECT\n/m, '$1 sending PINGREQ\n$1 received PINGRESP\n$&')
    : debug;
