import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/cli/advice.ts';
import { ConnectionHistory } from '../../src/client/connection-history.ts';
import { Failure } from '../../src/errors.ts';
import type { SessionEvent, Token } from '../../src/mqtt/session/events.ts';
import type { QoS } from '../../src/mqtt/types.ts';

const SOON = 2_499;
const LOST = new Failure('connection-lost');
const event = (type: SessionEvent['type']): SessionEvent => ({ type }) as SessionEvent;

/** The broker accepts the client and closes the connection after `stood`: returns the verdict. */
function lose(
  losses: ConnectionHistory,
  inOrder = true,
  stood = SOON,
  ...events: SessionEvent['type'][]
): string | undefined {
  losses.connected(1000);
  for (const type of events) losses.note(event(type));
  losses.lost(LOST, inOrder, 1000 + stood);
  const failure = losses.verdict('same');
  return failure && `${failure.kind} ${failure.message}`;
}

describe('a server that takes us in and soon ends the connection, without a word', () => {
  const SUSPICION = (times: number): string =>
    `the broker accepted the client and closed the connection ${times} times without a reason; another client may use the ` +
    'client ID "same", or something in the request is not allowed';
  const TOLD = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((nth) => {
    if (nth < 4) return undefined;
    const [kind, text] =
      nth < 10
        ? ['connection-lost', 'The connection was lost']
        : ['not-connected', 'The client is not currently connected'];
    return `${kind} ${text}: ${SUSPICION(nth)}`;
  });

  it('is suspected from the fourth time on, and left after the tenth; the line names the identifier', () => {
    const losses = new ConnectionHistory();
    expect(TOLD.map(() => lose(losses))).toEqual(TOLD);
  });

  it('is not suspected of a second client where the client has no identifier', () => {
    const losses = new ConnectionHistory();
    for (let i = 0; i < 4; i++) lose(losses);
    expect(losses.verdict('')?.message).toBe(
      'The connection was lost: the broker accepted the client and closed the connection 4 times without a reason; ' +
        'something in the request is not allowed',
    );
  });

  it('is left although messages came, because both of two clients with one identifier get some', () => {
    const losses = new ConnectionHistory();
    expect(TOLD.map(() => lose(losses, true, SOON, 'subscribed', 'message'))).toEqual(TOLD);
  });

  it.each([
    [
      'a connection stood for 30 s, as when a server is restarted now and then',
      (losses: ConnectionHistory) => lose(losses, true, 30_000),
    ],
    ['a connection broke', (losses: ConnectionHistory) => lose(losses, false)],
    [
      'the server could not be reached, as while it starts',
      (losses: ConnectionHistory) => losses.lost(LOST, false, 1000),
    ],
    ['the server ended the connection before CONNACK', (losses: ConnectionHistory) => losses.lost(LOST, true, 1000)],
    ['something could be published', (losses: ConnectionHistory) => losses.note(event('published'))],
  ])('is counted from the beginning after %s', (_, between) => {
    const losses = new ConnectionHistory();
    for (let i = 0; i < 9; i++) lose(losses);
    between(losses);
    expect(TOLD.map(() => lose(losses))).toEqual(TOLD);
  });
});

describe('two clients with one identifier, of which the other waits for longer', () => {
  it('are named each time, and this one never gives up', () => {
    const losses = new ConnectionHistory();
    const reported = Array.from({ length: 30 }, () => lose(losses, true, 29_999));
    expect(reported.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    for (const text of reported.slice(3)) expect(text).toMatch(/^connection-lost .*may use the client ID "same"/);
  });

  it.each([
    ['same', 'Give each client its own client ID with -i, or omit -i.'],
    ['', undefined],
  ])('%j: there is advice', (clientId, advice) => {
    const losses = new ConnectionHistory();
    for (let i = 0; i < 9; i++) lose(losses);
    expect(hintFor(losses.verdict(clientId) ?? {})).toBe(advice);
    lose(losses);
    expect(hintFor(losses.verdict(clientId) ?? {})).toBe(advice);
  });
});

describe('a connection that is lost behind a large message', () => {
  const large = (qos: QoS, bytes = 1_999_999): ConnectionHistory => {
    const losses = new ConnectionHistory();
    losses.publishing({ topic: 'ab', payload: new Uint8Array(bytes), qos, retain: false, properties: [] }, 7);
    losses.connected(1000);
    return losses;
  };
  const published = (token: Token): SessionEvent => ({ type: 'published', token }) as SessionEvent;

  it.each([
    ['at QoS 1', large(1), false, true],
    ['at QoS 1, acknowledged', note(large(1), published(7)), false, false],
    ['at QoS 1, when another one is acknowledged', note(large(1), published(8)), false, true],
    ['at QoS 0, written', note(large(0), published(7)), true, true],
    ['at QoS 0, known to be read', note(large(0), published(7)), false, false],
    ['that is not too large', large(1, 1_999_998), false, false],
  ])('%s: the limit of Mosquitto 2.1 is named', (_, losses, unread, named) => {
    const { advice, message } = losses.explained(LOST, unread);
    expect([message, advice?.includes('max_packet_size') === true]).toEqual([LOST.message, named]);
  });

  it('says nothing of it before CONNACK, nor for another failure', () => {
    const losses = large(1);
    expect(losses.explained(new Failure('keepalive'), false).advice).toBeUndefined();
    losses.lost(LOST, false, 2000);
    expect(losses.explained(LOST, false).advice).toBeUndefined();
  });
});

function note(losses: ConnectionHistory, event: SessionEvent): ConnectionHistory {
  losses.note(event);
  return losses;
}

describe('failures in a row', () => {
  it('have no longer waits for what the server ended at once and in order, but count it: --retry N is a limit', () => {
    const losses = new ConnectionHistory();
    const rows = [1, 2, 3].map(() => {
      losses.connected(0);
      return losses.lost(LOST, true, SOON);
    });
    expect(rows).toEqual([1, 2, 3].map((attempt) => ({ everConnected: true, attempt, step: 1, elapsed: 0 })));
    expect(losses.lost(LOST, false, SOON + 5)).toEqual({ everConnected: true, attempt: 4, step: 2, elapsed: 5 });
  });

  it('start over after a message or an outcome of a publish, not after SUBACK', () => {
    const losses = new ConnectionHistory();
    const attempts = (['subscribed', 'subscribed', 'message', 'subscribed', 'published'] as const).map((type) => {
      losses.connected(0);
      losses.note(event(type));
      return losses.lost(LOST, false, 10).attempt;
    });
    expect(attempts).toEqual([1, 2, 1, 2, 1]);
  });
});

describe('a message that the server may not take', () => {
  const MESSAGE = { topic: 'a', payload: new Uint8Array(0), qos: 1, retain: false, properties: [] } as const;
  const REASON =
    'The connection was lost 5 times in a row with nothing acknowledged: the broker may reject message 2, the first in flight';

  /** Message 1 was acknowledged, message 2 is on its way, and four connections were lost. */
  const fourTimes = (): ConnectionHistory => {
    const history = new ConnectionHistory();
    history.publishing(MESSAGE, 1);
    history.note({ type: 'published', token: 1 } as SessionEvent);
    history.publishing(MESSAGE, 2);
    for (let i = 0; i < 4; i++) again(history, LOST);
    return history;
  };

  function again(history: ConnectionHistory, failure: Failure): string | undefined {
    history.connected(1000);
    history.lost(failure, false, 1000 + SOON);
    return history.poisonMessage?.message;
  }

  it('is named when five connections in a row were lost with it on its way, and nothing acknowledged', () => {
    const history = fourTimes();
    expect(history.poisonMessage).toBeUndefined();
    expect(again(history, LOST)).toBe(REASON);
  });

  it.each<[string, (history: ConnectionHistory) => void]>([
    ['the server could not be reached', (history) => history.lost(new Failure('connect'), false, 1000)],
    ['the server was silent', (history) => void again(history, new Failure('keepalive'))],
    ['slices at QoS 0 went out', (history) => history.published(3)],
    ['it was acknowledged', (history) => history.note({ type: 'published', token: 2 } as SessionEvent)],
  ])('is not named when %s in between', (_, between) => {
    const history = fourTimes();
    between(history);
    expect(again(history, LOST)).toBeUndefined();
  });
});
