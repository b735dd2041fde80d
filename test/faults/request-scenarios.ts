// What can go wrong between tsrr and its answer.
import { fakeServer } from '../support/fake-server.ts';
import { attempt, type Clients, compare, linesOf, type Outcome, type Scenario } from './scenario.ts';

/** Answers CONNECT and SUBSCRIBE with these bytes, then the PUBLISH; what the client says at its end is looked at. */
async function asking(
  clients: Clients,
  args: readonly string[],
  script: { readonly suback?: number; readonly early?: string; readonly reply: string; readonly will?: true },
): Promise<Outcome> {
  let will = false;
  const server = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 03 00 00 00');
    const id = (await connection.readPacket()).body.subarray(0, 2);
    await connection.send(Buffer.from([0x90, 4, ...id, 0, script.suback ?? 0]));
    if (script.early !== undefined) await connection.send(script.early);
    await connection.readPacket();
    await connection.send(script.reply);
    // The Will is published unless DISCONNECT takes it back [MQTT-3.1.2-8].
    will = script.will ?? false;
    const { header, body } = await connection.readPacket();
    if (header === 0xe0 && body[0] !== 4) will = false;
  });
  const argv = [
    '-h',
    '127.0.0.1',
    '-p',
    `${server.port}`,
    '-V',
    '5',
    '-t',
    'ask',
    '-e',
    'r',
    '-m',
    'x',
    '-W',
    // It ends by what it is answered; a time that is up would be another status.
    '60',
    ...args,
  ];
  const { status, stdout } = await attempt(clients.rr, argv);
  const outcome = compare(['answer'], [...linesOf(stdout).filter((line) => line === 'answer')], status);
  return will ? { ...outcome, status: `${status}, and the will is published` } : outcome;
}

/** PUBLISH of `answer` on r; with correlation data `me` or `xx`. */
const ANSWER = '30 0a 0001 72 00 616e73776572';
const WRONG = '30 09 0001 72 00 77726f6e67';
const RETAINED = '31 09 0001 72 00 77726f6e67';
const MINE = '30 0f 0001 72 05 09 0002 6d65 616e73776572';
const ANOTHERS = '30 0e 0001 72 05 09 0002 7878 77726f6e67';

export const REQUEST: readonly Scenario[] = [
  ['a retained message is on the response topic', [], { early: RETAINED, reply: ANSWER }, 'none', undefined],
  [
    'a response to another request arrives first',
    ['-D', 'publish', 'correlation-data', 'me'],
    { reply: `${ANOTHERS} ${MINE}` },
    'none',
    undefined,
  ],
  [
    'response received, with a will message set',
    ['--will-topic', 'w', '--will-payload', 'gone'],
    { reply: ANSWER, will: true },
    'none',
  ],
  ['broker rejects the request', ['-q', '1'], { reply: '40 03 0002 87' }, 'told', 135],
  ['broker rejects the subscription', [], { suback: 135, reply: WRONG }, 'told', 135],
].map(([title, args, script, loss, status]) => ({
  program: 'rr',
  title: title as string,
  qos: 0,
  loss: loss as Scenario['loss'],
  ...(status === undefined ? {} : { status: status as number }),
  run: (clients: Clients) => asking(clients, args as string[], script as Parameters<typeof asking>[2]),
}));
