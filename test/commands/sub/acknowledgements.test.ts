/** Whether the server has read our acknowledgements, and when a next connection can bring them to their end. */
import { expect, test } from 'vitest';
import { Acknowledgements } from '../../../src/commands/sub/acknowledgements.ts';
import { MessageCount } from '../../../src/commands/sub/message-count.ts';
import { Failure } from '../../../src/errors.ts';
import { sub } from '../../cli/support.ts';

const LOST = new Failure('connection-lost');

/** A session that is kept, at QoS 1, with a message printed. */
function rig(...argv: string[]) {
  const plan = sub('-q', '1', '-c', '-i', 'me', ...argv);
  const count = new MessageCount(plan);
  count.put = 1;
  return { acknowledgements: new Acknowledgements(plan, count), count };
}

test('in a connection that stands they can go on, and nothing is wrong with them', () => {
  const { acknowledgements } = rig();
  acknowledgements.given(1);
  expect(acknowledgements).toMatchObject({ goOn: true, problem: undefined, areNone: false });
});

test('what is given without a connection may not count, until there is one again', () => {
  const { acknowledgements } = rig();
  acknowledgements.lost(LOST, false);
  expect(acknowledgements).toMatchObject({ goOn: false, problem: undefined });
  acknowledgements.given(1);
  expect(acknowledgements).toMatchObject({ goOn: true, problem: LOST });
  acknowledgements.connected(false);
  expect(acknowledgements).toMatchObject({ goOn: true, problem: undefined });
});

test('a message at QoS 0 owes nothing', () => {
  const { acknowledgements } = rig();
  acknowledgements.lost(LOST, false);
  acknowledgements.given(0);
  expect(acknowledgements).toMatchObject({ goOn: false, problem: undefined });
});

test('a connection that breaks at the end leaves them open, and the next one alone does not close them', () => {
  const { acknowledgements } = rig();
  acknowledgements.lost(LOST, true);
  acknowledgements.connected(true);
  expect(acknowledgements).toMatchObject({ goOn: true, problem: LOST });
  acknowledgements.settled(true);
  expect(acknowledgements).toMatchObject({ goOn: false, problem: undefined });
});

test('flows that end on the connection that broke show nothing', () => {
  const { acknowledgements } = rig();
  acknowledgements.lost(LOST, true);
  acknowledgements.settled(false);
  expect(acknowledgements).toMatchObject({ goOn: false, problem: LOST });
});

test('when there is no more time, what is open is a failure, with the first reason', () => {
  const [silent, broken] = [rig(), rig()];
  silent.acknowledgements.giveUp();
  expect(silent.acknowledgements.problem).toMatchObject({ kind: 'connection-lost', status: 7 });
  expect(silent.acknowledgements.problem?.message).toContain('did not complete the last messages in time');
  broken.acknowledgements.lost(LOST, true);
  broken.acknowledgements.giveUp();
  expect(broken.acknowledgements.problem).toBe(LOST);
});

test.each([
  ['nothing was printed', rig(), 0, true],
  ['all is at QoS 0', rig('-q', '0'), 1, true],
  ['the session ends with the run', { ...rig(), ...clean() }, 1, false],
])('they do not go on where %s', (_, { acknowledgements, count }, put, areNone) => {
  count.put = put;
  acknowledgements.giveUp();
  expect(acknowledgements).toMatchObject({ goOn: false, areNone, problem: undefined });
});

function clean() {
  const plan = sub('-q', '1');
  const count = new MessageCount(plan);
  return { acknowledgements: new Acknowledgements(plan, count), count };
}
