/** Nothing that was asked for is dropped without a word. */
import { describe, expect, it } from 'vitest';
import { plan, pub, rr, sub } from './support.ts';

const userProperty = (target: string) => ['-D', target, 'user-property', 'k', 'v'];

describe('warnings', () => {
  it.each([
    [['-t', 'b'], "only the last topic given is used: 'b'"],
    [['-L', 'mqtt://h/b'], "only the last topic given is used: 'b'"],
    [['--will-qos', '1'], '--will-qos has no effect without --will-topic'],
    [userProperty('will'), '-D will has no effect without --will-topic'],
    [userProperty('subscribe'), '-D subscribe has no effect here, nothing is subscribed to'],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect here, nothing is unsubscribed from'],
    [['-x', '5', '-V', '311'], '-x has no effect with MQTT 3.1.1'],
    [['-x', '5', '-V', '31'], '-x has no effect with MQTT 3.1'],
  ])('tspub %s', (argv, text) => {
    expect(pub(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  it.each([
    ['--repeat', '2'],
    ['--repeat-delay', '1'],
  ])('tspub -l %s %s', (...argv) => {
    const lines = plan('pub', '-t', 'a', '-l', ...argv);
    expect(lines).toMatchObject({ warnings: ['Warning: --repeat and --repeat-delay have no effect with -l.'] });
  });

  it.each([
    [userProperty('publish'), '-D publish has no effect here, nothing is published'],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect here, nothing is unsubscribed from'],
    [['--retain-as-published'], '--retain-as-published has no effect with MQTT 3.1.1'],
    [['--retain-handling', 'new'], '--retain-handling has no effect with MQTT 3.1.1'],
  ])('tssub %s', (argv, text) => {
    expect(sub(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  it.each([
    [['-t', 'b'], "only the last topic given is used: 'b'"],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect here, nothing is unsubscribed from'],
    [['-V', '31', '--retain-as-published'], '--retain-as-published has no effect with MQTT 3.1'],
  ])('tsrr %s', (argv, text) => {
    expect(rr(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  it('are not given for what has an effect', () => {
    expect(
      sub('-t', 'b', '-U', 'c', ...['connect', 'subscribe', 'unsubscribe', 'disconnect'].flatMap(userProperty))
        .warnings,
    ).toEqual([]);
    expect(pub('--will-topic', 'w', '--will-qos', '1', ...['publish', 'will'].flatMap(userProperty)).warnings).toEqual(
      [],
    );
    expect(sub('-V', '5', '--retain-as-published', '--retain-handling', 'new', '-x', '5').warnings).toEqual([]);
    expect(pub('--repeat', '2').warnings).toEqual([]);
    expect(rr(...['connect', 'publish', 'subscribe', 'disconnect'].flatMap(userProperty)).warnings).toEqual([]);
  });
});
