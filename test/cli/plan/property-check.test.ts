/** Properties that cannot be sent are found before connecting. */
import { describe, expect, it } from 'vitest';
import { complaintOf, pub, stderrOf, sub } from '../support.ts';

describe('properties of one packet', () => {
  it.each(['connect', 'publish', 'subscribe', 'unsubscribe', 'disconnect', 'will'])(
    '%s takes user-property twice',
    (target) => {
      const argv = ['-D', target, 'user-property', 'k', 'v', '-D', target, 'user-property', 'k', 'v'];
      expect(() => pub(...argv, '--will-topic', 'w')).not.toThrow();
    },
  );

  it.each([
    ['CONNECT', 'connect', 'topic-alias-maximum', '1'],
    ['CONNECT', 'connect', 'receive-maximum', '1'],
    ['PUBLISH', 'publish', 'topic-alias', '1'],
    ['SUBSCRIBE', 'subscribe', 'subscription-identifier', '1'],
    ['DISCONNECT', 'disconnect', 'reason-string', 'x'],
    ['Will', 'will', 'content-type', 'x'],
  ])('%s has no other one twice', (label, ...property) => {
    expect(stderrOf(() => pub('--will-topic', 'w', '-D', ...property, '-D', ...property))).toBe(
      `Error in ${label} properties: Duplicate property in property list\n\nUse 'tspub --help' to see usage.\n`,
    );
  });

  it.each([
    [['-x', '1', '-D', 'connect', 'session-expiry-interval', '1']],
    [['-c', '-i', 'me', '-D', 'connect', 'session-expiry-interval', '1']],
  ])('CONNECT has session-expiry-interval from one place: %s', (argv) => {
    expect(complaintOf(() => sub(...argv))).toBe('Error in CONNECT properties: Duplicate property in property list');
  });

  it.each([
    [['connect', 'receive-maximum', '0'], 'CONNECT properties: receive-maximum must be at least 1'],
    [['connect', 'maximum-packet-size', '0'], 'CONNECT properties: maximum-packet-size must be at least 1'],
    [['connect', 'request-problem-information', '2'], 'CONNECT properties: request-problem-information must be 0 or 1'],
    [['publish', 'topic-alias', '0'], 'PUBLISH properties: topic-alias must be at least 1'],
    [['publish', 'payload-format-indicator', '2'], 'PUBLISH properties: payload-format-indicator must be 0 or 1'],
    [
      ['publish', 'response-topic', 'a/+'],
      "PUBLISH properties: response-topic 'a/+' must be a topic without '+' and '#'",
    ],
    [['publish', 'response-topic', ''], "PUBLISH properties: response-topic '' must be a topic without '+' and '#'"],
    [['subscribe', 'subscription-identifier', '0'], 'SUBSCRIBE properties: subscription-identifier must be at least 1'],
  ])('%s is refused', (property, text) => {
    expect(complaintOf(() => pub('-D', ...property))).toBe(`Error in ${text}`);
  });

  it('keeps the order given', () => {
    expect(pub('-D', 'publish', 'topic-alias', '1', '-D', 'publish', 'content-type', 'x').properties).toEqual([
      { name: 'topic-alias', value: 1 },
      { name: 'content-type', value: 'x' },
    ]);
  });
});
