// Every line that tspub -l has read reaches an independent subscriber, once and in order, and the exit status is 0.
// DELIVERY_LINES=200000 has more of them sent.
import { expect, test } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { at, firstDifference, mosquittoPlace, outcome, type Place } from './broker.ts';

const LINES = Number(process.env['DELIVERY_LINES'] ?? 20_000);
const PATIENCE = 60_000 + LINES;

/** A broker that keeps back nothing, drops nothing, and does not log every packet. */
async function quietBroker(): Promise<Place> {
  const { broker } = await mosquittoPlace({
    extra: [
      ...['max_queued_messages 0', 'max_inflight_messages 0'],
      ...['log_type none', 'log_type notice', 'log_type information', 'log_type subscribe'],
    ],
  });
  return { args: at(broker.port), subscribed: (id) => broker.waitForLog(new RegExp(`^${id} \\d `, 'm')) };
}

function uniqueLines(): string {
  let lines = '';
  for (let i = 1; i <= LINES; i++) lines += `line ${i} of ${LINES}\n`;
  return lines;
}

describeWithMosquitto('delivery', () => {
  const lines = uniqueLines();

  for (const qos of ['0', '1', '2']) {
    for (const subscriber of ['mosquitto_sub', 'tssub']) {
      test(
        `tspub -l -q ${qos}: ${subscriber} has each of ${LINES} lines once, in order`,
        async () => {
          const place = await quietBroker();
          const end = ['-C', `${LINES}`, '-W', `${PATIENCE / 1000 - 10}`];
          const listener = start(subscriber, [...place.args, '-i', 'witness', '-t', 'lines', '-q', qos, ...end]);
          await place.subscribed('witness');
          const args = [...place.args, '-t', 'lines', '-q', qos, '-l'];
          expect(outcome(await run('tspub', args, { stdin: lines, timeoutMs: PATIENCE }))).toEqual({
            status: 0,
            stdout: '',
            stderr: '',
          });
          const { status, stdout } = await listener.exited;
          expect(firstDifference(stdout.toString(), lines)).toBeUndefined();
          expect(status).toBe(0);
        },
        PATIENCE + 10_000,
      );
    }
  }
});
