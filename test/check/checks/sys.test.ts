/** The broker's own figures. */
import { describe, expect, it } from 'vitest';
import { sys } from '../../../src/check/checks/sys.ts';
import { readRange, type Thresholds } from '../../../src/check/range.ts';
import { Bench } from '../support.ts';

const check = (thresholds: Record<string, Thresholds> = {}, wait = 0) =>
  new Bench(sys({ thresholds: new Map(Object.entries(thresholds)), wait })).suback();

function mosquitto(bench: Bench): Bench {
  return bench
    .message('$SYS/broker/version', 'mosquitto version 2.0.11', { retain: true })
    .message('$SYS/broker/uptime', '77 seconds', { retain: true })
    .message('$SYS/broker/clients/connected', '3', { retain: true })
    .message('$SYS/broker/clients/total', '5', { retain: true });
}

describe('sys', () => {
  it('reads the figures of Mosquitto by one name each', () => {
    expect(mosquitto(check()).pong().outcome).toBe(
      'OK mosquitto version 2.0.11, uptime 77, clients-connected 3, clients-total 5',
    );
  });

  it('reads the figures of EMQX, whose topics have the node in them', () => {
    const bench = check().message('$SYS/brokers/emqx@1.2.3.4/stats/connections/count', '9').pong();
    expect(bench.outcome).toBe('OK the broker, clients-connected 9');
  });

  it('compares a figure, by name or by topic', () => {
    const limits = {
      'clients-connected': { warn: readRange('2') },
      '$SYS/broker/clients/total': { critical: readRange('4') },
    };
    expect(mosquitto(check(limits)).pong().outcome).toBe(
      'CRITICAL clients-connected is 3, above 2; $SYS/broker/clients/total is 5, above 4',
    );
  });

  it('cannot judge a figure that the broker does not publish', () => {
    expect(mosquitto(check({ heap: { warn: readRange('1') } })).pong().outcome).toBe(
      "UNKNOWN the broker publishes no figure 'heap'",
    );
  });

  it('waits for figures that are not retained', () => {
    const bench = check({}, 1000).pong();
    expect(bench.outcome).toBe('none');
    expect(bench.after(1000).outcome).toBe('UNKNOWN the broker publishes nothing below $SYS');
  });
});
