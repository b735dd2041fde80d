// The suite that also runs against mosquitto, on an independent broker. What that one does not offer is tested at the end.
import { expect, test } from 'vitest';
import { at, outcome } from '../e2e/broker.ts';
import { suite } from '../e2e/suite.ts';
import { run } from '../support/run.ts';
import { rabbitmqPlace, startRabbitmq } from './broker.ts';

const port = startRabbitmq();

suite('RabbitMQ 3.10', ['mqttv31', 'mqttv311'], async () => rabbitmqPlace(await port), {
  levels: [0, 1],
  lacks: ['retained messages for wildcards'],
});

/** What RabbitMQ 3.10 does not offer, and how the programs say so. */
const MISSING: readonly (readonly [what: string, args: readonly string[], status: number, told: RegExp])[] = [
  ['MQTT 5', ['-V', 'mqttv5'], 7, /^Error: The connection was lost\n/],
  ['QoS 2: it answers with PUBACK', ['-q', '2'], 2, /PUBACK for a PUBLISH at QoS 2/],
];

test.each(MISSING)('does not offer %s, and that is told', async (_, args, status, told) => {
  const result = outcome(await run('tspub', [...at(await port), '-t', 'a', '-m', 'x', ...args]));
  expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
  expect(result.stderr).toMatch(told);
});

test('does not offer retained messages to a subscription with wildcards', async () => {
  const place = at(await port);
  const send = await run('tspub', [...place, '-t', 'kept/one', '-m', 'x', '-r', '-q', '1']);
  const exact = await run('tssub', [...place, '-t', 'kept/one', '-C', '1', '-W', '10']);
  const wild = await run('tssub', [...place, '-t', 'kept/#', '-C', '1', '-W', '2']);
  expect([send, exact, wild].map(({ status, stdout }) => ({ status, stdout: stdout.toString() }))).toEqual([
    { status: 0, stdout: '' },
    { status: 0, stdout: 'x\n' },
    { status: 27, stdout: '' },
  ]);
});
