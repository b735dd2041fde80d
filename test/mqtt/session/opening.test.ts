/**
 * What CONNECT says at each connection of a session, and what the server's answer means for it.
 * Covers src/mqtt/session/options.ts.
 */
import { describe, expect, it } from 'vitest';
import type { Properties } from '../../../src/mqtt/properties.ts';
import { Opening } from '../../../src/mqtt/session/opening.ts';
import type { SessionOptions } from '../../../src/mqtt/session/options.ts';
import type { ConnackPacket } from '../../../src/mqtt/types.ts';
import { OPTIONS } from './harness.ts';

const opening = (options: Partial<SessionOptions> = {}, known = false) =>
  new Opening({ ...OPTIONS, ...options }, known);
const connack = (sessionPresent: boolean, properties: Properties = []): ConnackPacket => ({
  ...{ type: 'connack', sessionPresent, code: 0, properties },
});
const EXPIRES: Properties = [{ name: 'session-expiry-interval', value: 100 }];

describe('the session of the server', () => {
  it.each([
    ['the first one', { clean: false }, false, [false], ['new']],
    ['kept', { clean: false }, false, [false, true], ['new', 'resumed']],
    ['kept from an earlier run', { clean: false }, false, [true], ['resumed']],
    ['not kept', { clean: false }, false, [false, false], ['new', 'lost']],
    ['not kept since an earlier run', { clean: false }, true, [false], ['lost']],
    ['not asked for', { clean: true }, false, [false, false], ['new', 'new']],
    ['kept by MQTT 3.1, which cannot say it', { clean: false, version: 3 }, false, [false, false], ['new', 'resumed']],
    ['not asked for, MQTT 3.1', { clean: true, version: 3 }, false, [false, false], ['new', 'new']],
  ] as const)('%s', (_, options, known, present, expected) => {
    const one = opening(options, known);
    expect(present.map((is) => one.accepted(connack(is)))).toEqual(expected);
  });

  it('after a clean start is a protocol error [MQTT-3.2.2-2]', () => {
    expect(() => opening().accepted(connack(true))).toThrow('session present after a clean start');
  });

  it('is begun clean once where it is kept from then on', () => {
    const one = opening({ properties: EXPIRES });
    expect(one.connect().clean).toBe(true);
    one.accepted(connack(false));
    expect(one.connect().clean).toBe(false);
    const brief = opening();
    brief.accepted(connack(false));
    expect(brief.connect().clean).toBe(true);
  });
});

it('the identifier is the one that the server has assigned, when none was given [MQTT-3.1.3-6]', () => {
  const assigned: Properties = [{ name: 'assigned-client-identifier', value: 'theirs' }];
  for (const [clientId, expected] of [
    ['', 'theirs'],
    ['ours', 'ours'],
  ] as const) {
    const one = opening({ clientId });
    expect(one.connect().clientId).toBe(clientId);
    one.accepted(connack(false, assigned));
    expect([one.clientId, one.connect().clientId]).toEqual([expected, expected]);
  }
});
