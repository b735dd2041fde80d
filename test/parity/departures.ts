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
    '`--help`, `--version`': 'c157 c159 c160 c519',
    '`--long=value`': 'c133 c134',
    "numbers (`-p abc`, `-q abc`, `-k 5.9`, `-C ''`)": 'c182 c183 c186 c187 c540 c572 c573',
    'large numbers (`-p 99999999999`, `-C 4294967295`)': 'c163',
    '`-D connack …`': 'c400 c401',
    'properties that stand twice or have a value that MQTT forbids': 'c316 c440 c441 c442 c446 c578 c579 c580',
    '`-D` before `-V 311` or `-V 31`': 'c314 c444',
    '`-x` or `-c` with `-D connect session-expiry-interval`': 'c446',
    'options without effect…': 'c555 c571',
  },
  'URLs (`-L`)': {
    'several colons without brackets (`mqtt://::1/a`)': 'c361',
  },
  'Options files': {
    'file of `-o` missing': 'c524 c577',
    '`-o` as the value of another option (`-m -o`)': 'c497',
    'fault in a file': 'c499 c500 c504 c505 c509 c510 c511 c512 c514 c518 c520 c521',
    'lines of 1,024 bytes and more': 'c515',
    '`-D` in a file': 'c506',
    'a `#` behind blanks at the beginning of a line': 'c501',
  },
  TLS: {
    '`--cert`, `--key`, `--insecure`, …': 'c541 c574 c575',
    'a CA, certificate or key file that cannot be read': 'c328 c335 c339',
  },
  'Proxies (`--proxy`)': {
    '`http://[USER[:PASSWORD]@]HOST[:PORT]`': 'c362 c378 c379',
    'percent-encoding': 'c377',
    'a URL with an empty user, two colons after the host or a bad `%`': 'c372 c374 c376',
  },
  Connections: {
    'connection refused, no route, no such socket': 'c527 c528 c530',
    '`-d`: name of a client without identifier': 'c544 c551',
  },
  tspub: {
    'two `-t`': 'c555',
    'no topic or no message': 'c148 c149 c155',
  },
  tssub: {
    '`-R` with `--retain-handling new`': 'c635',
    '`--remove-retained` with `-C` or `--retained-only`': 'c632',
  },
  'What is printed (`-F`, also in tsrr)': {
    'empty strings in properties (`%C`, `%P`, `%j`)': 'c633 c634',
    '`%-p`, `%-x` without a width': 'c612',
    '`%f`, `%d` with a payload of another length': 'c620 c621',
  },
  tsrr: {
    'end after the answer': 'c641 c646 c647',
    'when the answer is acknowledged': 'c641 c647',
  },
  tspasswd: {
    '`--help`, `--version` alone': 'd005 d007',
    '`-x user`, `-h user`': 'd011',
    'superfluous words (`-c FILE USER PASSWORD`, `-D FILE USER x`)': 'd093',
    '`-I 50x`, `-I 4294967297`, `-I +5`': 'd107',
    '`-H argon2id`': 'd113',
    'comment, blank or odd line, NUL': 'd155 d157 d161 d163 d167 d185 d205 d209',
    'last line without a line end': 'd169',
    'a user that stands twice': 'd145',
    '`-U`: hashed entries': 'd199',
    '`-U`: comments with a colon': 'd207',
    '`-U`: users that stand twice, entries that are neither plain text nor a known hash': 'd201',
    '`-U` of an empty file': 'd203',
    '`-c` of an empty file': 'd091',
    'user names that are empty, begin or end with a blank, begin with `#`, or have U+0080 to U+009F': 'd165',
    'a folder that may not be written': 'd267',
    'advice on permissions': 'd249 d251 d255 d259 d271',
  },
};

/** Departures that too many runs show to name them all: the tests allow for each by a function. */
const EVERYWHERE: readonly PageRow[] = [
  // withoutUsageHint and withoutHint of hint.ts take these lines away.
  ['The command line', 'an unknown option; a wrong word for `-V`, `--retain-handling` or `-D`'],
  ['Connections', 'connection cannot be made'],
  // withoutBrokerHint of hint.ts takes this line away.
  ['tspasswd', 'a file of root that user `mosquitto` cannot read'],
  // withQuestion adds these lines to what was recorded.
  ['tspub', 'QoS 0: the end of a run'],
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
