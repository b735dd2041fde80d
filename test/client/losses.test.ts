import { describe, expect, it } from 'vitest';
import { Losses } from '../../src/client/losses.ts';
import type { SessionEvent } from '../../src/mqtt/index.ts';

const SOON = 2_499;
const event = (type: SessionEvent['type']): SessionEvent => ({ type }) as SessionEvent;

/** The server takes us in and, after so long, ends the connection: what is said of that. */
function lose(losses: Losses, inOrder = true, stood = SOON, ...events: SessionEvent['type'][]): string | undefined {
  losses.connected(1000);
  for (const type of events) losses.note(event(type));
  losses.add(inOrder, 1000 + stood);
  const failure = losses.verdict('same');
  return failure && `${failure.kind} ${failure.message}`;
}

describe('a server that takes us in and soon ends the connection, without a word', () => {
  const SUSPICION = (times: number): string =>
    `the server accepted the client and ended the connection ${times} times without a reason; another client may have the ` +
    'identifier "same" too, or something asked for is not allowed';
  const TOLD = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((nth) => {
    if (nth < 4) return undefined;
    const [kind, text] =
      nth < 10
        ? ['connection-lost', 'The connection was lost']
        : ['not-connected', 'The client is not currently connected'];
    return `${kind} ${text}: ${SUSPICION(nth)}`;
  });

  it('is suspected from the fourth time on, and left after the tenth; the line names the identifier', () => {
    const losses = new Losses();
    expect(TOLD.map(() => lose(losses))).toEqual(TOLD);
  });

  it('is not suspected of a second client where the client has no identifier', () => {
    const losses = new Losses();
    for (let i = 0; i < 4; i++) lose(losses);
    expect(losses.verdict('')?.message).toBe(
      'The connection was lost: the server accepted the client and ended the connection 4 times without a reason; ' +
        'something asked for is not allowed',
    );
  });

  it('is left although messages came, because both of two clients with one identifier get some', () => {
    const losses = new Losses();
    expect(TOLD.map(() => lose(losses, true, SOON, 'subscribed', 'message'))).toEqual(TOLD);
  });

  it.each([
    [
      'a connection stood for 2.5 s, as when a server is restarted now and then',
      (losses: Losses) => lose(losses, true, 2_500),
    ],
    ['a connection broke', (losses: Losses) => lose(losses, false)],
    ['the server could not be reached, as while it starts', (losses: Losses) => losses.add(false, 1000)],
    ['the server ended the connection before CONNACK', (losses: Losses) => losses.add(true, 1000)],
    ['something could be published', (losses: Losses) => losses.note(event('published'))],
  ])('is counted anew after %s', (_, between) => {
    const losses = new Losses();
    for (let i = 0; i < 9; i++) lose(losses);
    between(losses);
    expect(TOLD.map(() => lose(losses))).toEqual(TOLD);
  });
});

describe('failures in a row', () => {
  it('have no longer waits for what the server ended at once and in order, but count it: --retry N is a limit', () => {
    const losses = new Losses();
    const rows = [1, 2, 3].map(() => {
      losses.connected(0);
      return losses.add(true, SOON);
    });
    expect(rows).toEqual([1, 2, 3].map((attempt) => ({ attempt, step: 1, elapsed: 0 })));
    expect(losses.add(false, SOON + 5)).toEqual({ attempt: 4, step: 2, elapsed: 5 });
  });

  it('begin anew after a message or an outcome of a publish, not after SUBACK', () => {
    const losses = new Losses();
    const attempts = (['subscribed', 'subscribed', 'message', 'subscribed', 'published'] as const).map((type) => {
      losses.connected(0);
      losses.note(event(type));
      return losses.add(false, 10).attempt;
    });
    expect(attempts).toEqual([1, 2, 1, 2, 1]);
  });
});
