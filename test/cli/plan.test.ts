/** The plan of a whole line: defaults, and what one option means for another. */
import { describe, expect, it } from 'vitest';
import type { SubPlan } from '../../src/cli/index.ts';
import { plan, pub, stderrOf, sub } from './support.ts';

describe('the plan of tspub', () => {
  it('of the shortest line has the defaults', () => {
    expect(pub()).toEqual({
      program: 'pub',
      target: { host: 'localhost', port: 1883, localAddress: undefined, noDelay: false, tls: undefined },
      session: {
        version: 4,
        clientId: '',
        clean: true,
        keepAlive: 60,
        username: undefined,
        password: undefined,
        will: undefined,
        properties: [],
        disconnectProperties: [],
        maxInflight: 20,
        trace: false,
      },
      debug: false,
      quiet: false,
      warnings: [],
      topic: 'a',
      source: { kind: 'bytes', payload: Buffer.from('x') },
      qos: 0,
      retain: false,
      properties: [],
      repeat: 1,
      repeatDelay: 0,
    });
  });

  it('has what was asked for', () => {
    const asked = pub('-q', '2', '-r', '--repeat', '3', '--repeat-delay', '0.25', '-d', '--quiet');
    expect(asked).toMatchObject({ qos: 2, retain: true, repeat: 3, repeatDelay: 250, debug: true, quiet: true });
    expect(asked.session.trace).toBe(true);
  });

  it.each([[['-t', 'a']], [['-m', 'x']], [['-l']], [[]]])('needs topic and message: %s', (argv) => {
    expect(stderrOf(() => plan('pub', ...argv))).toBe('Error: Both topic and message must be supplied.\n');
  });
});

describe('the plan of tssub', () => {
  const subscription = { filter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };

  it('of the shortest line has the defaults', () => {
    const { target: _target, session: _session, ...rest } = sub();
    expect(rest).toEqual({
      program: 'sub',
      debug: false,
      quiet: false,
      warnings: [],
      subscriptions: [subscription],
      subscribeProperties: [],
      unsubscribe: [],
      unsubscribeProperties: [],
      filterOut: [],
      count: undefined,
      timeout: undefined,
      exitAfterSubscribe: false,
      skipRetained: false,
      retainedOnly: false,
      verbose: false,
      newline: true,
    });
  });

  it('has what was asked for', () => {
    expect(sub('-t', 'b', '-q', '1', '-U', 'u', '-T', 'c', '-C', '2', '-W', '3', '-E', '-v', '-N')).toMatchObject({
      subscriptions: [
        { ...subscription, qos: 1 },
        { ...subscription, filter: 'b', qos: 1 },
      ],
      unsubscribe: ['u'],
      filterOut: ['c'],
      count: 2,
      timeout: 3000,
      exitAfterSubscribe: true,
      verbose: true,
      newline: false,
    });
    expect(sub('--retained-only').retainedOnly).toBe(true);
  });

  it('may have -U alone', () => {
    expect((plan('sub', '-U', 'a') as SubPlan).subscriptions).toEqual([]);
  });

  it.each([
    [[], 0],
    [['-R'], 2],
    [['--retain-handling', 'new'], 1],
    [['--retain-handling', 'new', '-R'], 1],
    [['-R', '--retain-handling', 'always'], 0],
  ])('asks for retained messages in MQTT 5 as %s say', (argv, handling) => {
    expect(sub('-V', '5', ...argv).subscriptions[0]!.retainHandling).toBe(handling);
  });

  it('uses the options of MQTT 5 subscriptions in MQTT 5 only', () => {
    expect(sub('-V', '5', '--retain-as-published').subscriptions[0]!.retainAsPublished).toBe(true);
    const old = sub('-R', '--retain-as-published', '--retain-handling', 'new');
    expect(old.subscriptions).toEqual([subscription]);
    expect(old.skipRetained).toBe(true);
  });

  it('hides no live message that was published with retain: -R --retain-as-published', () => {
    expect(sub('-V', '5', '-R', '--retain-as-published').skipRetained).toBe(false);
    expect(sub('-V', '5', '-R', '--retain-as-published', '--retain-handling', 'new').skipRetained).toBe(true);
    expect(sub('-V', '5', '-R').skipRetained).toBe(true);
  });

  it('does not combine -R and --retained-only', () => {
    expect(stderrOf(() => sub('-R', '--retained-only'))).toBe(
      "\nError: Combining '-R' and '--retained-only' makes no sense.\n",
    );
  });
});
