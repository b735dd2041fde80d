/**
 * What travels: a server records every packet that our programs and Mosquitto's clients (2.0.11) send for the same command
 * line. They are the same bytes, but for identifiers that are made up, and for what DEPARTURES lists.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { at, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { notOnPage, type PageRow } from './page.ts';
import { recorder, type Sends } from './recorder.ts';

type ProgramId = 'pub' | 'sub' | 'rr';

interface Case {
  readonly program: ProgramId;
  readonly words: readonly string[];
  readonly stdin?: string;
}

const line = (program: ProgramId, words: string, stdin?: string): Case => ({
  program,
  words: words.split(' '),
  ...(stdin === undefined ? {} : { stdin }),
});

const VERSIONS = ['31', '311', '5'];
const QOS = ['0', '1', '2'];

const each = (...lists: readonly (readonly string[])[]): string[][] =>
  lists.reduce<string[][]>((all, list) => all.flatMap((words) => list.map((word) => [...words, word])), [[]]);

const WILL = '--will-topic w/t --will-payload gone';

const PUBLISHING: readonly Case[] = [
  ...each(VERSIONS, QOS).map(([version, qos]) => line('pub', `-V ${version} -q ${qos} -i id -t a/b -m message`)),
  ...each(VERSIONS, QOS).map(([version, qos]) => line('pub', `-V ${version} -q ${qos} -r -t a/b -n`)),
  ...each(VERSIONS, QOS).map(([version, qos]) => line('pub', `-V ${version} -t a -m x ${WILL} --will-qos ${qos}`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x ${WILL} --will-retain`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x --will-topic w/t`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x -u name`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x -u name -P secret ${WILL}`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x -c -i id`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x -k 10`)),
  ...VERSIONS.map((version) => line('pub', `-V ${version} -t a -m x -I pre`)),
  line('pub', '-t a -m x'),
  line('pub', '-t a -m x -k 65535 -M 1 --nodelay'),
  line('pub', '-V 5 -t a -m x -P secret'),
  line('pub', '-V 5 -t a -m x -x 60'),
  line('pub', '-V 5 -t a -m x -x -1 -i id'),
  line('pub', '-V 5 -t a -m x -x 60 -c -i id'),
  line('pub', '-V 5 -t a -m x -M 5 -q 1'),
  line('pub', '-t a -s -q 1', 'all of\nthe input\n'),
  line('pub', '-t a -f file -q 2'),
  line('pub', '-t a -m x --repeat 3'),
  line('pub', '-t a -m x --repeat 3 -q 1'),
  line('pub', '-t a -m x --repeat 3 -q 2'),
  line('pub', '-t a -l', 'one\n\ntwo\r\nthree'),
  line('pub', '-t a -l -q 1 -r', 'one\n\ntwo\r\nthree'),
  line('pub', '-t a -l -q 2', 'one\n'),
  line('pub', '-V 5 -t a -l -q 1 -D publish content-type line', 'one\ntwo\n'),
  line('pub', '-t a -l', ''),
  { program: 'pub', words: ['-t', 'grün/ä', '-m', 'Grüße, 世界', '-i', 'größe'] },
  { program: 'pub', words: ['-t', 'long', '-m', 'x'.repeat(20_000), '-q', '1'] },
  ...[
    'connect session-expiry-interval 60',
    'connect receive-maximum 5',
    'connect maximum-packet-size 1000',
    'connect topic-alias-maximum 5',
    'connect request-response-information 1',
    'connect request-problem-information 0',
    'connect user-property a b -D connect user-property a c',
    'connect session-expiry-interval 7 -D connect receive-maximum 3 -D connect user-property k v',
    'publish payload-format-indicator 1',
    'publish message-expiry-interval 60',
    'publish content-type text/plain',
    'publish response-topic answer/to',
    'publish correlation-data abc',
    'publish user-property a b -D publish user-property c d',
    'publish user-property z 1 -D publish content-type t -D publish payload-format-indicator 0',
    'disconnect reason-string bye',
    'disconnect user-property a b',
    'disconnect session-expiry-interval 0',
  ].map((words) => line('pub', `-V 5 -q 1 -t a -m x -D ${words}`)),
  ...[
    'will-delay-interval 5',
    'payload-format-indicator 1',
    'message-expiry-interval 9',
    'content-type c',
    'response-topic r/t',
    'correlation-data d',
    'user-property a b',
  ].map((words) => line('pub', `-V 5 -t a -m x ${WILL} -D will ${words}`)),
  line('pub', `-V 5 -t a -m x ${WILL} -D connect user-property a b -u name -P secret -c -i id -x 100 -k 30`),
];

/** 5 s, because a busy machine has to take everything in that time. */
const SUBSCRIBING: readonly Case[] = [
  ...each(VERSIONS, QOS).map(([version, qos]) => line('sub', `-V ${version} -q ${qos} -i id -t a/b -C 3`)),
  ...each(VERSIONS, QOS).map(([version, qos]) => line('sub', `-V ${version} -q ${qos} -t a -t b/+ -t c/# -C 3`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -t a -E`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -t a -U b -U c -C 3`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -c -i id -q 1 -t a -C 3 ${WILL} --will-qos 2`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -u name -P secret -k 20 -t a -C 3`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -R -q 1 -t a -E`)),
  ...VERSIONS.map((version) => line('sub', `-V ${version} -t a -C 4 -W 5`)),
  line('sub', '-V 5 -t a --retain-as-published -q 2 -E'),
  line('sub', '-V 5 -t a --retain-as-published -R -q 2 -E'),
  line('sub', '-V 5 -t a -x 60 -E'),
  line('sub', '-V 5 -t a -c -i id -x 60 -E'),
  line('sub', '-V 5 -t $share/group/a -q 1 -C 3'),
  line('sub', '-V 5 -t a -C 19 -W 5'),
  line('sub', '-V 5 -t a -C 20 -W 5'),
  line('sub', '-V 5 -t a -C 21 -W 5'),
  line('sub', '-V 5 -t a -C 3 -D connect receive-maximum 7'),
  line('sub', '-V 5 -t a -C 3 -D subscribe subscription-identifier 300'),
  line('sub', '-V 5 -t a -C 3 -D subscribe user-property a b -D subscribe subscription-identifier 1'),
  line('sub', '-V 5 -t a -U b -C 3 -D unsubscribe user-property a b'),
  line('sub', '-V 5 -t a -C 3 -D disconnect reason-string enough -D disconnect user-property a b'),
  line('sub', '-t a -T a -q 2 -W 5'),
  line('sub', '-t a -q 1 -v -C 3 -N'),
];

/** 2.0.11 forgets what these ask for. */
const RETAIN_OPTIONS: Readonly<Record<string, string>> = { '--retain-as-published': '08', '-R': '20' };

const REQUESTING: readonly Case[] = [
  ...each(VERSIONS, QOS).map(([version, qos]) => line('rr', `-V ${version} -q ${qos} -i id -t q -e a -m message`)),
  line('rr', '-t q -e a -m message'),
  line('rr', '-t q -e a -n'),
  ...Object.keys(RETAIN_OPTIONS).map((option) => line('rr', `-t q -e a -m x ${option}`)),
  line('rr', '-t q -e a -m x -D publish user-property a b -D publish content-type c'),
  line('rr', '-t q -e a -m x -D connect user-property a b -D subscribe user-property c d'),
  line('rr', `-t q -e a -m x ${WILL} -u name -P secret -k 9`),
  line('rr', '-t q -e a -m x -c -i id -x 50'),
];

const CASES = [...PUBLISHING, ...SUBSCRIBING, ...REQUESTING];

const LIVE: Sends = [
  { qos: 0, payload: 'zero' },
  { qos: 1, payload: 'one' },
  { qos: 2, payload: 'two' },
];

const title = ({ program, words, stdin }: Case): string => {
  const shown = words.map((word) => (word.length > 50 ? `${word[0]}×${word.length}` : word)).join(' ');
  return `${program} ${shown}${stdin === undefined ? '' : ` < ${JSON.stringify(stdin)}`}`;
};

/** The broker leaves sent messages unacknowledged. */
const isUnacknowledged = ({ words, stdin }: Case): boolean =>
  stdin !== '' && (words.includes('-q') ? words[words.indexOf('-q') + 1] === '0' : true);

/** What our programs send otherwise, by its row in COMPATIBILITY.md. */
const DEPARTURES: readonly {
  readonly row: PageRow;
  readonly lines: readonly string[];
  readonly ours: (theirs: readonly string[]) => readonly string[];
}[] = [
  {
    row: ['tspub', 'QoS 0: end of a run'],
    lines: PUBLISHING.filter(isUnacknowledged).map(title),
    ours: (theirs) => [...theirs.slice(0, -1), 'c000', ...theirs.slice(-1)],
  },
  {
    row: ['tsrr', 'end after the response'],
    lines: REQUESTING.filter(({ words }) => !words.some((word) => word in RETAIN_OPTIONS)).map(title),
    ours: (theirs) => [...theirs, 'e000'],
  },
  ...Object.entries(RETAIN_OPTIONS).map(([option, byte]) => ({
    // And by version: in 2.1 the retain options of rr go into its SUBSCRIBE.
    row: ['tsrr', 'end after the response'] as const,
    lines: [`rr -t q -e a -m x ${option}`],
    ours: ([connect, subscribe, ...rest]: readonly string[]) => [
      connect!,
      subscribe!.replace(/00$/, byte),
      ...rest,
      'e000',
    ],
  })),
];

it('every departure on the wire has its row in COMPATIBILITY.md', () => {
  expect(notOnPage(DEPARTURES.map(({ row }) => row))).toEqual([]);
});

const departures = new Map(DEPARTURES.flatMap((row) => row.lines.map((name) => [name, row])));

describeWithMosquitto('on the wire', () => {
  async function packetsOf(program: string, row: Case): Promise<string[]> {
    const folder = tempDir();
    writeFileSync(join(folder, 'file'), 'from a file');
    const qos = Number(row.words[row.words.indexOf('-q') + 1]);
    const answers: Sends = [{ qos: qos === 1 || qos === 2 ? qos : 0, payload: 'answer' }];
    const sends = { pub: [], sub: row.words.includes('-E') ? [] : LIVE, rr: answers }[row.program];
    const server = await recorder(sends, row.program === 'sub' ? 'subscribed' : 'published');
    const stdin = row.stdin === undefined ? {} : { stdin: row.stdin };
    await run(program, [...at(server.port), ...row.words], { ...stdin, cwd: folder });
    await server.stop();
    return server.packets().map(anonymous);
  }

  it.concurrent.each(CASES.map((row) => [title(row), row] as const))('%s', async (name, row) => {
    const [ours, theirs] = await Promise.all([
      packetsOf(`ts${row.program}`, row),
      packetsOf(`mosquitto_${row.program}`, row),
    ]);
    expect(theirs[0], 'the original connects').toMatch(/^10/);
    const departure = departures.get(name);
    if (departure !== undefined) expect(ours, 'it is listed as different and is not').not.toEqual(theirs);
    expect(ours, departure?.row.join(': ')).toEqual(departure?.ours(theirs) ?? theirs);
  });
});

/** A CONNECT with another client identifier in place of one that is made up. */
function anonymous(packet: string): string {
  const bytes = Buffer.from(packet, 'hex');
  if (bytes[0] !== 0x10) return packet;
  const text = bytes.toString('latin1');
  const madeUp = /mosq-[A-Za-z0-9]{18}|pre\d+/.exec(text)?.[0];
  if (madeUp === undefined) return packet;
  const prefixed = String.fromCharCode(0, madeUp.length) + madeUp;
  const shorter = text.replace(prefixed, '{identifier}').slice(2);
  return `10 ${Buffer.from(shorter, 'latin1').toString('hex')}`;
}
