// A program that uses the package, for a siege: says on standard output what the package has promised, a line each.
// Its standard input is JSON; exit status 1: something was rejected.
import { readFileSync } from 'node:fs';
import { connect, Failure } from 'tsmosq';

/**
 * @import { Client, ConnectOptions, QoS } from 'tsmosq'
 *
 * @typedef {{ mode: string, qos: QoS, texts: string[], topic: string }} Work
 */

/** @type {Work & ConnectOptions} */
const { mode, qos, texts, topic, ...options } = JSON.parse(readFileSync(0, 'utf8'));
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort(new Failure('not-connected', { message: 'terminated' })));

/**
 * Only a Failure is a reason that a program can be given.
 * @param {string} what
 * @param {unknown} reason
 */
function rejected(what, reason) {
  const kind =
    reason instanceof Failure ? reason.kind : `not a Failure: ${reason instanceof Error ? reason.stack : reason}`;
  console.log(`rejected ${what}: ${JSON.stringify(kind)}`);
  process.exitCode = 1;
}

/** @param {Client} client */
async function publish(client) {
  const outcomes = texts.map((text) =>
    client.publish(topic, text, { qos }).then(
      () => console.log(`published ${text.split(' ')[0]}`),
      (reason) => rejected('publish', reason),
    ),
  );
  await Promise.all(outcomes);
}

/** @param {Client} client */
async function subscribe(client) {
  let left = texts.length;
  for await (const { payload } of client.subscribe(topic, { qos })) {
    const name = Buffer.from(payload.subarray(0, 40)).toString('latin1').split(' ')[0] ?? '';
    console.log(`message ${name.startsWith('flood') ? 'flood' : name}`);
    if (name.startsWith('m-') && --left === 0) break;
  }
}

try {
  const client = await connect({ ...options, signal: stop.signal });
  await (mode === 'publish' ? publish(client) : subscribe(client));
  await client.end();
  console.log('ended');
} catch (reason) {
  rejected('connection', reason);
}
