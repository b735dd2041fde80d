// What can go wrong between tspub and the server.
import type { QoS } from '../../src/mqtt/types.ts';
import type { Link, PACKET } from './proxy.ts';
import { numbered, type PublishSetup, publishing, type Scenario } from './scenario.ts';

/** A publisher whose session the server keeps. */
const KEPT = ['-l', '-c', '-i', 'publisher'];

function row(
  title: string,
  setup: PublishSetup,
  more: Partial<Pick<Scenario, 'loss' | 'repeats' | 'status'>> = {},
): Scenario {
  const { qos } = setup;
  const { loss = 'none', repeats = qos === 1, ...rest } = more;
  return { program: 'pub', title, qos, loss, repeats, ...rest, run: (clients) => publishing(clients, setup) };
}

/** The connection breaks right before, or right after, the tenth packet of each kind. */
function boundaries(qos: QoS, packets: readonly (readonly [keyof typeof PACKET, 'up' | 'down'])[]): Scenario[] {
  return packets.flatMap(([packet, way]) =>
    [false, true].map((passed) =>
      row(`connection lost ${passed ? 'after' : 'before'} ${packet}`, {
        qos,
        args: KEPT,
        link: { cut: { way, packet, nth: 10, passed } },
      }),
    ),
  );
}

const SLOW: Link = { delay: 30 };
const refuse = (code: number): PublishSetup['server'] => ({
  publishCode: ({ payload }) => (Buffer.from(payload).toString().endsWith('0') ? code : 0),
});

export const PUBLISHER: readonly Scenario[] = [
  ...boundaries(1, [
    ['PUBLISH', 'up'],
    ['PUBACK', 'down'],
  ]),
  ...boundaries(2, [
    ['PUBLISH', 'up'],
    ['PUBREC', 'down'],
    ['PUBREL', 'up'],
    ['PUBCOMP', 'down'],
  ]),
  row('connection lost in the middle of a packet', { qos: 1, link: { cut: { way: 'up', bytes: 777 } } }),
  row('connection closed cleanly by the broker', { qos: 1, link: { cut: { way: 'down', bytes: 99, as: 'end' } } }),
  row('broker closes only its side of the connection', {
    qos: 1,
    link: { cut: { way: 'down', bytes: 99, as: 'half' } },
  }),
  row('connection stalls and is never closed (-k 5)', {
    qos: 1,
    args: ['-l', '-k', '5'],
    link: { cut: { way: 'down', bytes: 99, as: 'stall' } },
  }),
  row(
    'connection lost, and the broker has lost the session',
    {
      qos: 2,
      args: KEPT,
      link: { cut: { way: 'down', packet: 'PUBREC', nth: 10, passed: false } },
      server: { keeps: () => false },
    },
    { repeats: true },
  ),
  row(
    'connection lost while sending lines at QoS 0',
    { qos: 0, link: { cut: { way: 'up', bytes: 777 } } },
    { loss: 'told', status: 7 },
  ),
  row(
    'connection reset before the broker reads a QoS 0 message',
    {
      qos: 0,
      lines: ['x'],
      args: ['-m', 'x'],
      link: { cut: { way: 'up', packet: 'PUBLISH', passed: false } },
    },
    { loss: 'told', status: 7 },
  ),
  row('packets arrive one byte at a time', { qos: 2, link: { pieces: 1 } }),
  row('several packets arrive at once', { qos: 2, link: { coalesce: 20 } }),
  row('30 ms of delay each way', { qos: 1, link: SLOW }),
  row('30 ms of delay each way', { qos: 2, link: SLOW }),
  row('broker accepts 3 messages at a time (receive maximum)', {
    qos: 2,
    version: 5,
    server: { properties: () => [{ name: 'receive-maximum', value: 3 }] },
  }),
  row('70,000 lines', { qos: 1, lines: numbered(70_000) }),
  row('70,000 lines', { qos: 0, lines: numbered(70_000) }),
  row('NUL bytes in the input', { qos: 1, lines: ['a\0b', 'next', 'more'] }),
  row('last line without a newline, CRLF, empty lines', {
    qos: 1,
    lines: ['one\r', '', 'two', 'end'],
    stdin: 'one\r\n\ntwo\nend',
  }),
  row('closed standard input', { qos: 1, lines: [], stdin: null }),
  row(
    'broker rejects every tenth message in PUBACK',
    { qos: 1, version: 5, server: refuse(135)! },
    { loss: 'told', status: 135 },
  ),
  row(
    'broker rejects every tenth message in PUBREC',
    { qos: 2, version: 5, server: refuse(151)! },
    { loss: 'told', status: 151 },
  ),
  row(
    'broker supports only QoS 0',
    {
      qos: 1,
      version: 5,
      server: { properties: () => [{ name: 'maximum-qos', value: 0 }] },
    },
    { loss: 'told', status: 24 },
  ),
  row(
    'broker accepts packets of up to 40 bytes, and one line is longer',
    {
      qos: 1,
      version: 5,
      lines: ['short', 'x'.repeat(100), 'also short'],
      server: { properties: () => [{ name: 'maximum-packet-size', value: 40 }] },
    },
    { loss: 'told', status: 25 },
  ),
  row('topic alias above the maximum of the broker', {
    qos: 1,
    version: 5,
    lines: ['x'],
    args: ['-m', 'x', '-D', 'publish', 'topic-alias', '5'],
  }),
  row('connection lost while a topic alias is in use', {
    qos: 1,
    version: 5,
    args: ['-l', '-D', 'publish', 'topic-alias', '1'],
    link: { cut: { way: 'up', packet: 'PUBLISH', nth: 10, passed: true } },
    server: { properties: () => [{ name: 'topic-alias-maximum', value: 5 }] },
  }),
  row(
    '-r with a broker that does not retain messages',
    {
      qos: 1,
      version: 5,
      lines: ['x'],
      args: ['-m', 'x', '-r'],
      // What comes without the flag is not what was asked for.
      counts: ({ retain }) => retain,
      server: {
        properties: () => [{ name: 'retain-available', value: 0 }],
      },
    },
    { loss: 'told', status: 10 },
  ),
];
