/** Nothing that was asked for is dropped without a word. */
import { describe, expect, it } from 'vitest';
import { plan, pub, rr, sub } from '../support.ts';

const userProperty = (target: string) => ['-D', target, 'user-property', 'k', 'v'];

const DISCONNECT_EXPIRY = ['-D', 'disconnect', 'session-expiry-interval', '9'];
const NOT_KEPT = '-D disconnect session-expiry-interval has no effect without a persistent session (-x)';

describe('warnings', () => {
  it.each([
    [['-t', 'b'], "only the last topic given is used: 'b'"],
    [['-L', 'mqtt://h/b'], "only the last topic given is used: 'b'"],
    [['--will-qos', '1'], '--will-qos has no effect without --will-topic'],
    [userProperty('will'), '-D will has no effect without --will-topic'],
    [userProperty('subscribe'), '-D subscribe has no effect because there is nothing to subscribe to'],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect because there is nothing to unsubscribe from'],
    [DISCONNECT_EXPIRY, NOT_KEPT],
    [[...DISCONNECT_EXPIRY, '-x', '0'], NOT_KEPT],
    [[...DISCONNECT_EXPIRY, '-D', 'connect', 'session-expiry-interval', '0'], NOT_KEPT],
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
    [['--json-lines', '--repeat', '2'], '--repeat and --repeat-delay have no effect with --json-lines'],
    [['-l', '--topic-from-line', '-t', 'a'], "the topic 'a' has no effect with --topic-from-line"],
    [['-l', '--topic-from-line', '-L', 'mqtt://h/b'], "the topic 'b' has no effect with --topic-from-line"],
    [['-l', '-t', 'a', '--delimiter', ';'], '--delimiter has no effect without --topic-from-line'],
    [
      ['-t', 'a', '-m', 'x', '--ack-timeout', '2'],
      '--ack-timeout has no effect at QoS 0, where nothing is acknowledged (use -q 1)',
    ],
    [['-l', '-t', 'a', '--replay-speed', '1'], '--replay-speed has no effect without --json-lines'],
  ])('tspub %s', (argv, text) => {
    expect(plan('pub', ...argv)).toMatchObject({ warnings: [`Warning: ${text}.`] });
  });

  it('are not given for records with all they can have', () => {
    for (const argv of [
      ['--json-lines', '-0', '-t', 'a', '--replay-speed', '1', '--retry-delay', '1'],
      ['-l', '-0', '--topic-from-line', '--delimiter', ';'],
    ])
      expect(plan('pub', ...argv)).toMatchObject({ warnings: [] });
  });

  it.each([
    [userProperty('publish'), '-D publish has no effect because nothing is published'],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect because there is nothing to unsubscribe from'],
    [['--retain-as-published'], '--retain-as-published has no effect with MQTT 3.1.1'],
    [['--retain-handling', 'new'], '--retain-handling has no effect with MQTT 3.1.1'],
    [['--message-rate', '-C', '1'], '-C has no effect with --message-rate'],
    [['-t', '$sys/#'], "'$sys/#' does not match the $SYS/ topics of Mosquitto: topics are case-sensitive"],
    [['-t', 'a/*'], "the * in 'a/*' is an ordinary character: the wildcards are + and #"],
  ])('tssub %s', (argv, text) => {
    expect(sub(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  it.each([
    [['-t', 'b'], "only the last topic given is used: 'b'"],
    [userProperty('unsubscribe'), '-D unsubscribe has no effect because there is nothing to unsubscribe from'],
    [['-V', '31', '--retain-as-published'], '--retain-as-published has no effect with MQTT 3.1'],
  ])('tsrr %s', (argv, text) => {
    expect(rr(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  const psk = ['--psk', '00', '--psk-identity', 'me'];
  it.each([
    [[...psk, '--insecure'], '--insecure has no effect with --psk'],
    [[...psk, '--tls-use-os-certs'], '--tls-use-os-certs has no effect with --psk'],
    [['-S', '-p', '1884'], 'port 1884 has no effect with -S: the SRV record gives the port'],
    [['--retry-delay', '1'], '--retry-delay and --retry-max-time have no effect without --retry'],
    [['--retry-max-time', '1'], '--retry-delay and --retry-max-time have no effect without --retry'],
  ])('tspub %s, of connecting', (argv, text) => {
    expect(pub(...argv).warnings).toEqual([`Warning: ${text}.`]);
  });

  it('of connecting are not given for what has an effect', () => {
    expect(pub('-S', '-L', 'mqtts://h/a', '-t', 'a', ...psk).warnings).toHaveLength(1);
    expect(pub('-S', ...psk).warnings).toEqual([]);
    expect(pub('--retry', '1', '--retry-delay', '1', '--retry-max-time', '1').warnings).toEqual([]);
    expect(sub('--retry-delay', '1', '--retry-max-time', '1').warnings).toEqual([]);
    expect(plan('pub', '-t', 'a', '-l', '--retry-delay', '1')).toMatchObject({ warnings: [] });
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
