/** Covers src/commands/broker/probe.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import type { PubPlan } from '../../../src/cli/plan/types.ts';
import type { BrokerIo } from '../../../src/commands/broker/connection.ts';
import { Explainer, loadWords } from '../../../src/commands/broker/explain.ts';
import { Failure } from '../../../src/errors.ts';
import type { SessionEvent } from '../../../src/mqtt/session/events.ts';
import type { DialStep } from '../../../src/net/dial-trace.ts';

beforeAll(loadWords);

/** An explainer of this command line, and everything that it says. */
function explainer(explain: boolean, ...argv: string[]): { told: Explainer; text: () => string } {
  const line = { argv: ['-t', 'a', '-m', 'x', ...argv], pid: 1, random: () => 0, version: '0', runtime: '' };
  const plan = { ...(readCommandLine('pub', line) as PubPlan), explain };
  let text = '';
  const io = { stderr: (more: string) => (text += more) } as unknown as BrokerIo;
  return { told: new Explainer(plan, io), text: () => text };
}

const looked: DialStep = { kind: 'lookup', what: 'Look up broker', outcome: '192.0.2.1, 192.0.2.2', failed: false };
const refusedStep: DialStep = {
  kind: 'connect',
  what: 'Connect to 192.0.2.1 port 1883',
  outcome: 'Connection refused',
  failed: true,
};
const connectedStep: DialStep = {
  ...refusedStep,
  what: 'Connect to 192.0.2.2 port 1883',
  outcome: 'connected',
  failed: false,
};
const connack = (code: number, sessionPresent = false): Extract<SessionEvent, { type: 'connected' | 'refused' }> =>
  code === 0
    ? { type: 'connected', packet: { type: 'connack', sessionPresent, code, properties: [] }, lost: 0 }
    : { type: 'refused', packet: { type: 'connack', sessionPresent, code, properties: [] } };

describe('--explain', () => {
  it('prints each step on one line, up to CONNACK', () => {
    const { told, text } = explainer(true, '-h', 'broker', '-i', 'me', '-u', 'rajan', '-P', 'secret');
    for (const step of [looked, refusedStep, connectedStep]) told.step(step);
    told.event(connack(0, true));
    expect(text()).toBe(`* Look up broker: 192.0.2.1, 192.0.2.2
* Connect to 192.0.2.1 port 1883: Connection refused
* Connect to 192.0.2.2 port 1883: connected
* CONNECT with MQTT 3.1.1, as me, with a user name and a password: CONNACK 0, accepted, session present
`);
  });

  it('prints the reason of the broker on one line without control characters', () => {
    const { told, text } = explainer(true, '-V', '5');
    const refused = connack(0x87);
    told.event({
      ...refused,
      packet: { ...refused.packet, properties: [{ name: 'reason-string', value: 'no\r\n* \u001b[2J' }] },
    });
    expect(text()).toBe(
      '* CONNECT with MQTT 5, without a client ID, with no user name: CONNACK 135, Not authorized, no\\u000d\\u000a* \\u001b[2J\n',
    );
  });

  it('prints what a refused CONNACK means, once', () => {
    const { told, text } = explainer(true, '-V', '5');
    told.step(connectedStep);
    told.event(connack(0x85));
    told.down(new Failure('refused', { reason: 0x85 }));
    void told.hint();
    expect(text()).toBe(`* Connect to 192.0.2.2 port 1883: connected
* CONNECT with MQTT 5, without a client ID, with no user name: CONNACK 133, Client Identifier not valid
  -> The broker rejects this client ID. Use another one with -i.
`);
  });

  it('names the step that had no answer', () => {
    const late = new Failure('connect', { code: 'ETIMEDOUT', message: 'Connection timed out' });
    const steps: readonly [readonly DialStep[], RegExp][] = [
      [[], /^\* Look up the name: Connection timed out\n {2}-> No DNS server answers/],
      [[looked], /\n\* Connect: Connection timed out\n {2}-> The host does not answer\./],
      [[looked, connectedStep], /\n\* CONNECT with .*: Connection timed out\n {2}-> No CONNACK arrived\. /],
    ];
    for (const [taken, expected] of steps) {
      const { told, text } = explainer(true, '-h', 'broker');
      for (const step of taken) told.step(step);
      told.down(late);
      expect(text()).toMatch(expected);
    }
  });

  it('shows the details of a step below it', () => {
    const { told, text } = explainer(true, '-h', 'broker', '--cafile', 'ca');
    told.step({ kind: 'tls', what: 'TLS', outcome: 'TLSv1.3', failed: false, details: ['issued by CA', 'until 2049'] });
    expect(text()).toBe('* TLS: TLSv1.3\n    issued by CA\n    until 2049\n');
  });

  it('reports that --insecure left out the name', () => {
    const { told, text } = explainer(true, '-h', 'broker', '--cafile', 'ca', '--insecure');
    told.step({ kind: 'tls', what: 'TLS', outcome: 'TLSv1.3', failed: false, details: ['issued by CA'] });
    expect(text()).toBe('* TLS: TLSv1.3\n    issued by CA\n    The host name was not checked (--insecure)\n');
  });

  const LOST = new Failure('connection-lost');
  const lookedNear: DialStep = { ...looked, what: 'Look up localhost', outcome: '192.0.2.1' };
  const once = `* Connect to 192.0.2.2 port 1883: connected
* CONNECT with MQTT 3.1.1, without a client ID, with no user name: The connection was lost
  -> No CONNACK arrived. The port may need TLS (--cafile), WebSocket (--ws) or another MQTT version (-V).
`;

  it('prints a step once, however many attempts have the same outcome', () => {
    const { told, text } = explainer(true, '-h', '192.0.2.1');
    for (let attempt = 0; attempt < 3; attempt++) {
      told.step(connectedStep);
      told.down(LOST);
    }
    expect(text()).toBe(once);
    told.step(refusedStep);
    told.step(connectedStep);
    told.event(connack(0));
    expect(text().slice(once.length)).toBe(`* Connect to 192.0.2.1 port 1883: Connection refused
* CONNECT with MQTT 3.1.1, without a client ID, with no user name: CONNACK 0, accepted
`);
  });

  it('prints the steps again after a lost connection', () => {
    const { told, text } = explainer(true, '-h', '192.0.2.1');
    for (let connection = 0; connection < 2; connection++) {
      told.step(connectedStep);
      told.event(connack(0));
      told.down(LOST);
    }
    expect(text().match(/Connect to/g)).toHaveLength(2);
    expect(text().match(/CONNACK 0/g)).toHaveLength(2);
  });

  it('prints an address once that is tried again because a name leads to it', () => {
    const { told, text } = explainer(true, '-h', 'localhost');
    for (const step of [refusedStep, lookedNear, refusedStep]) told.step(step);
    told.down(new Failure('connect', { message: 'Connection refused' }));
    expect(text()).toBe('* Connect to 192.0.2.1 port 1883: Connection refused\n* Look up localhost: 192.0.2.1\n');
  });

  it('prints the step without an answer after an address that refused', () => {
    const { told, text } = explainer(true, '-h', 'broker');
    for (const step of [looked, refusedStep]) told.step(step);
    told.down(new Failure('connect', { code: 'ETIMEDOUT', message: 'Connection timed out' }));
    expect(text()).toMatch(/refused\n\* Connect: Connection timed out\n {2}-> The host does not answer\./);
  });

  it('prints a failed step once, in the words of the step', () => {
    for (const [step, failure] of [
      [{ ...looked, outcome: 'not found', failed: true }, new Failure('lookup')],
      [{ ...looked, kind: 'tls', what: 'TLS', outcome: 'A TLS error', failed: true }, new Failure('tls')],
    ] as const) {
      const { told, text } = explainer(true, '-h', 'broker');
      told.step(step);
      told.down(failure);
      expect(text()).toBe(`* ${step.what}: ${step.outcome}\n`);
    }
  });
});

describe('without --explain', () => {
  it('only the advice is left, as a hint behind the failure', async () => {
    const { told, text } = explainer(false);
    told.step(refusedStep);
    await told.downForGood(new Failure('connect', { advice: 'is the broker running?' }));
    expect(text()).toBe('');
    void told.hint();
    expect(text()).toBe('Hint: is the broker running?\n');
  });

  it('nothing is printed with --quiet, or when there is nothing to report', () => {
    for (const failure of [new Failure('connect', { advice: 'x' }), new Failure('connect')]) {
      const { told, text } = explainer(false, ...(failure.advice === undefined ? [] : ['--quiet']));
      told.down(failure);
      void told.hint();
      expect(text()).toBe('');
    }
  });

  it('a loss without advice has no hint, whatever was printed about the one before', async () => {
    const { told, text } = explainer(false);
    for (const advice of ['Raise the limit.', undefined]) {
      told.step(connectedStep);
      told.event(connack(0));
      told.down(new Failure('connection-lost', { advice }));
      told.hintOfLoss();
    }
    expect(text()).toBe('Hint: Raise the limit.\n');
  });

  it('an end in order has no hint left of what failed before', () => {
    const { told, text } = explainer(false);
    told.down(new Failure('connect', { advice: 'is the broker running?' }));
    told.endedInOrder();
    void told.hint();
    expect(text()).toBe('');
  });
});
