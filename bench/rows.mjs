// The rows of the table: for each, commands for the same work, and the limits for the first of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const LINES = 60_000;
const MANY_LINES = 1_000_000;
const FEW_LINES = 200_000;
const MESSAGES = 500_000;
/** MB: a payload of 100 MB twice, and 80 MB. */
const BIG_MEMORY = 280;

/**
 * @import { Places } from './fixtures.mjs'
 *
 * @typedef {[program: string, ...words: string[]]} Command
 * @typedef {{ ours: Command, theirs?: Command, node?: Command }} Commands
 * @typedef {object} Row
 * @property {string} name
 * @property {string} what
 * @property {(places: Places) => Commands | Promise<Commands>} commands To time in turns: first `ours`, `theirs` where
 *   Mosquitto has the same, and `node` where the mark is one of Node's own start.
 * @property {(places: Places) => string | Promise<string>} [stdin] The file on standard input.
 * @property {{ most: number, of: 'theirs' | 'node', plus?: 'theirs' }} [mark] The most that ours may take, in times of `of`.
 * @property {number} [memory] The most that ours may use, in MB.
 * @property {number} [runs]
 * @property {string | undefined} [missing] Why the row cannot be measured yet.
 */

/** @param {number} port */
const at = (port) => ['-h', '127.0.0.1', '-p', `${port}`];
/** @param {number} count */
const thousands = (count) => count.toLocaleString('en');

/**
 * @param {string} root
 * @returns {Row[]}
 */
export function allRows(root) {
  /** @type {(name: string, ...words: string[]) => Command} */
  const ours = (name, ...words) => [process.execPath, join(root, 'bin', `${name}.js`), ...words];
  /** @type {Command} */
  const node = [process.execPath, '-e', '0'];
  /** @type {(name: string, original: string, words: string[]) => { ours: Command, theirs: Command }} */
  const both = (name, original, words) => ({ ours: ours(name, ...words), theirs: [original, ...words] });
  /** @param {string[]} words */
  const pub = (words) => both('tspub', 'mosquitto_pub', words);
  /** @param {string[]} words */
  const sub = (words) => both('tssub', 'mosquitto_sub', words);

  const executable = join(root, 'standalone', 'tspub');

  /** @type {Row[]} */
  const short = [
    { name: 'node', what: 'node -e 0 (compared with true)', commands: () => ({ ours: node, theirs: ['true'] }) },
    ...[0, 1].map(
      /** @returns {Row} */ (qos) => ({
        name: `one-${qos}`,
        what: `one publish, start to exit, QoS ${qos}`,
        mark: { most: 1.5, of: 'node' },
        // Without -h, because most users start with the default host.
        commands: async (places) => {
          const { tcp } = await places.broker();
          return { ...pub(['-p', `${tcp}`, '-t', 'bench', '-m', 'message', '-q', `${qos}`]), node };
        },
      }),
    ),
    {
      name: 'exe',
      what: 'one publish by the single executable, QoS 0',
      mark: { most: 3, of: 'theirs' },
      missing: existsSync(executable) ? undefined : 'not there: npm run standalone',
      commands: async (places) => {
        const words = [...at((await places.broker()).tcp), '-t', 'bench', '-m', 'message'];
        return { ours: [executable, ...words], theirs: ['mosquitto_pub', ...words] };
      },
    },
    {
      name: 'help',
      what: 'tspub --help',
      mark: { most: 4, of: 'node' },
      commands: () => ({ ours: ours('tspub', '--help'), node }),
    },
    {
      name: 'rr',
      what: 'one request and its response, start to exit',
      mark: { most: 1.5, of: 'node', plus: 'theirs' },
      commands: async (places) => ({
        ...both('tsrr', 'mosquitto_rr', [
          ...at(await places.taker()),
          '-V',
          'mqttv311',
          '-t',
          'ask',
          '-e',
          'answer',
          '-m',
          'x',
        ]),
        node,
      }),
    },
  ];

  /** @type {Row[]} */
  const lines = [0.4, 0.5, 0.6].map(
    /** @returns {Row} */ (most, qos) => ({
      name: `l-${qos}`,
      what: `-l, ${thousands(LINES)} lines, QoS ${qos}`,
      mark: { most, of: 'theirs' },
      stdin: (places) => places.lines(LINES),
      commands: async (places) => pub([...at((await places.broker()).tcp), '-t', 'bench', '-l', '-q', `${qos}`]),
    }),
  );

  /** @type {Row} */
  const taken = {
    name: 'l-taker',
    what: `-l, ${thousands(LINES)} lines, QoS 0, to a fake broker`,
    mark: { most: 0.4, of: 'theirs' },
    stdin: (places) => places.lines(LINES),
    commands: async (places) => pub([...at(await places.taker()), '-t', 'bench', '-l']),
  };

  /** @type {Row[]} */
  const secure = [
    {
      name: 'l-tls',
      what: `-l, ${thousands(LINES)} lines, QoS 1, TLS`,
      stdin: (places) => places.lines(LINES),
      commands: async (places) => {
        const { tls, ca } = await places.broker();
        return pub([...at(tls), '--cafile', ca, '-t', 'bench', '-l', '-q', '1']);
      },
    },
    {
      name: 'l-ws',
      what: `-l, ${thousands(LINES)} lines, QoS 1, WebSocket`,
      stdin: (places) => places.lines(LINES),
      commands: async (places) => ({
        ours: ours('tspub', ...at((await places.broker()).ws), '--ws', '-t', 'bench', '-l', '-q', '1'),
      }),
    },
  ];

  /** @type {Row[]} */
  const many = [0, 1, 2].flatMap((qos) =>
    [FEW_LINES, MANY_LINES].map((count) => ({
      name: `m-${qos}-${count / 1000}k`,
      what: `-l, ${thousands(count)} lines, QoS ${qos}`,
      memory: 120,
      runs: 1,
      stdin: (places) => places.lines(count),
      commands: async (places) => ({
        ours: ours('tspub', ...at((await places.broker()).tcp), '-t', 'bench', '-l', '-q', `${qos}`),
      }),
    })),
  );

  /** @type {[suffix: string, words: string[]][]} */
  const FORMS = [
    ['', []],
    ['-v', ['-v']],
    ['-F', ['-F', '%I %t %q %l %p']],
    ['-j', ['-F', '%j']],
  ];
  /** @type {Row[]} */
  const receive = [0.4, 0.25].flatMap((most, qos) =>
    FORMS.map(
      /** @returns {Row} */ ([suffix, words]) => ({
        name: `sub-${qos}${suffix}`,
        what: `receive ${thousands(MESSAGES)}, QoS ${qos}${words.length > 0 ? `, ${words.join(' ')}` : ''}`,
        mark: { most, of: 'theirs' },
        memory: 130,
        commands: async (places) =>
          sub([...at(await places.sender(qos, MESSAGES)), '-t', '#', '-C', `${MESSAGES}`, '-q', `${qos}`, ...words]),
      }),
    ),
  );

  /** @type {Row[]} */
  const big = [
    {
      name: 'big-pub',
      what: 'publish 100 MB, QoS 1',
      mark: { most: 1.2, of: 'theirs' },
      memory: BIG_MEMORY,
      commands: async (places) =>
        pub([...at((await places.broker()).tcp), '-t', 'large', '-q', '1', '-f', await places.bigFile()]),
    },
    {
      name: 'big-sub',
      what: 'receive 100 MB, QoS 1',
      mark: { most: 1.2, of: 'theirs' },
      memory: BIG_MEMORY,
      commands: async (places) => sub([...at(await places.bigRetained()), '-t', 'big', '-q', '1', '-C', '1']),
    },
  ];

  return [...short, ...lines, taken, ...secure, ...receive, ...big, ...many];
}
