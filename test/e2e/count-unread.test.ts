// tssub -C whose messages came, but whose reader has not taken them: not success, and the messages stay with the broker.
import { expect, test as one } from 'vitest';
import { idle } from '../support/idle.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { mosquittoPlace, publish, subscribe } from './broker.ts';
import { makeFifo, startInShell } from './fifo.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const PATIENT = 120_000;
const UNREAD = 'Warning: Standard output did not take all of the last message.\n';
const BIG = 'x'.repeat(500_000);
const SESSION = ['-q', '1', '-c', '-i', 'reader', '-t', 'a'];

/** A tssub -C 1 that has received its message, and waits for a pipe without a reader. */
async function unread(...args: string[]) {
  const place = await mosquittoPlace();
  await subscribe(place, [...SESSION, '-E']);
  await publish(place, ['-q', '1', '-t', 'a', '-s'], { stdin: BIG });
  const running = startInShell(`exec "$@" 1<> ${makeFifo()}`, 'tssub', [
    ...place.args,
    ...SESSION,
    '-C',
    '1',
    '-k',
    '5',
    ...args,
  ]);
  // With the keepalive answered it is certain that what came before was handled.
  await place.broker.waitForLog('Sending PINGRESP to reader', 20_000);
  const next = () => run('tssub', [...place.args, ...SESSION, '-C', '1', '-W', '45']);
  return { running, next };
}

describeWithMosquitto('-C reached, but unread', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} ends tssub with 141, and the next run gets the message`, { timeout: PATIENT }, async () => {
      const { running, next } = await unread();
      const { status, signal: killed } = await running.kill(signal);
      expect({ status, killed }).toEqual({ status: 141, killed: null });
      const again = await next();
      expect({ status: again.status, length: again.stdout.length }).toEqual({ status: 0, length: BIG.length + 1 });
    });
  }

  test('a second signal ends tssub at once with 128 and its number, not with 0', { timeout: PATIENT }, async () => {
    const { running } = await unread();
    running.child.kill('SIGTERM');
    // Two that come as one are one; a third could come when it has stopped listening and is about to end.
    await idle(running.child.pid);
    const { status, signal } = await running.kill('SIGTERM');
    expect({ status, signal }).toEqual({ status: 143, signal: 'SIGTERM' });
  });

  test('-W ends tssub with 27 all the same', { timeout: PATIENT }, async () => {
    const { running } = await unread('-W', '8');
    const { status, stderr } = await running.exited;
    expect({ status, stderr }).toEqual({ status: 27, stderr: `Timed out: 1 of 1 messages arrived\n${UNREAD}` });
  });

  test('-W reports how many of the messages of -C came, and nothing else when none did', async () => {
    const place = await mosquittoPlace();
    await publish(place, ['-t', 'kept', '-m', 'x', '-r']);
    const ends = await Promise.all(
      // Time enough for a busy machine to connect and to get the one that there is.
      ['kept', 'none'].map((topic) => run('tssub', [...place.args, '-t', topic, '-C', '2', '-W', '6'])),
    );
    expect(ends.map(({ status, stdout, stderr }) => [status, stdout.toString(), stderr])).toEqual([
      [27, 'x\n', 'Timed out: 1 of 2 messages arrived\n'],
      [27, '', 'Timed out\n'],
    ]);
  });
});
