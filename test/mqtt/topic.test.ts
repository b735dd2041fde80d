import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasWildcard, isSharedFilter, isTopicFilter, isTopicName, matches } from '../../src/mqtt/topic.ts';
import { filter, topic } from './arbitraries.ts';

describe('a topic name', () => {
  it.each([
    ['has at least one character [MQTT-4.7.3-1]', '', false],
    ['may be one slash [MQTT 5, 4.7.1.1]', '/', true],
    ['may hold spaces [MQTT 5, 4.7.3]', 'Accounts payable', true],
    ['may have empty levels', 'a//b/', true],
    ['may start with $ [MQTT 5, 4.7.2]', '$SYS/x', true],
    ['has no # [MQTT-3.3.2-2]', 'a/#', false],
    ['has no # within a level either [MQTT-3.3.2-2]', 'a#b', false],
    ['has no + [MQTT-3.3.2-2]', '+', false],
    ['has no U+0000 [MQTT-4.7.3-2]', 'a\0', false],
    ['may have 65,535 bytes [MQTT-4.7.3-3]', 'x'.repeat(65_535), true],
    ['has no more than 65,535 bytes [MQTT-4.7.3-3]', 'x'.repeat(65_536), false],
    ['is measured in bytes [MQTT-4.7.3-3]', '\u00e9'.repeat(32_768), false],
  ])('%s', (_law, name, valid) => {
    expect(isTopicName(name)).toBe(valid);
  });
});

describe('a topic filter', () => {
  it.each([
    ['has at least one character [MQTT-4.7.3-1]', '', false],
    ['may be # alone [MQTT-4.7.1-1]', '#', true],
    ['may end with # [MQTT-4.7.1-1]', 'sport/tennis/#', true],
    ['may be /# [MQTT-4.7.1-1]', '/#', true],
    ['has # only as a whole level [MQTT-4.7.1-1]', 'sport/tennis#', false],
    ['has # only as the last level [MQTT-4.7.1-1]', 'sport/#/ranking', false],
    ['has # only once [MQTT-4.7.1-1]', '#/#', false],
    ['has no ## [MQTT-4.7.1-1]', '##', false],
    ['may be + alone [MQTT-4.7.1-2]', '+', true],
    ['may have + anywhere [MQTT-4.7.1-2]', '+/tennis/+/#', true],
    ['has + only as a whole level [MQTT-4.7.1-2]', 'sport+', false],
    ['has no ++ [MQTT-4.7.1-2]', 'a/++', false],
    ['has no +# [MQTT-4.7.1-1]', '+#', false],
    ['may have empty levels', '//', true],
    ['has no U+0000 [MQTT-4.7.3-2]', '\0', false],
    ['may have 65,535 bytes [MQTT-4.7.3-3]', `${'x'.repeat(65_533)}/#`, true],
    ['has no more than 65,535 bytes [MQTT-4.7.3-3]', `${'x'.repeat(65_534)}/#`, false],
  ])('%s', (_law, name, valid) => {
    expect(isTopicFilter(name)).toBe(valid);
  });

  it('without a wildcard is a topic name, and the other way round', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), topic, filter), (name) => {
        expect(isTopicName(name)).toBe(isTopicFilter(name) && !hasWildcard(name));
      }),
    );
  });

  it('is shared when it starts with $share/ [MQTT-4.8.2-1]', () => {
    expect(
      ['$share/g/a', '$share/g/+/#', '$share', '$SHARE/g/a', 'a/$share/g', '$shared/g/a'].map(isSharedFilter),
    ).toEqual([true, true, false, false, false, false]);
  });
});

describe('a filter takes a topic', () => {
  it.each([
    // From the examples of [MQTT 5, 4.7.1.2].
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/tennis/player1/#', 'sport/tennis/player2', false],
    ['sport/tennis/player1/#', 'sport/tennis/player10', false],
    ['sport/#', 'sport', true],
    ['sport/#', 'sport/', true],
    ['sport/#', 'sports', false],
    ['#', 'a', true],
    ['#', 'a/b/c', true],
    ['#', '/', true],
    // From the examples of [MQTT 5, 4.7.1.3].
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['+', 'a', true],
    ['+/tennis/#', 'sport/tennis', true],
    ['+/tennis/#', 'sport/tennis/x/y', true],
    // Topics that start with $ [MQTT-4.7.2-1].
    ['#', '$SYS/monitor', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['+', '$SYS', false],
    ['$SYS/#', '$SYS/monitor', true],
    ['$SYS/#', '$SYS', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['a/#', 'a/$SYS', true],
    ['a/+', 'a/$SYS', true],
    // No normalisation, no folding [MQTT-4.7.3-4].
    ['ACCOUNTS', 'Accounts', false],
    ['/finance', 'finance', false],
    ['finance', '/finance', false],
    ['finance/', 'finance', false],
    ['\u00e9', 'e\u0301', false],
    ['a//b', 'a//b', true],
    ['a/+/b', 'a//b', true],
    ['a//b', 'a/b', false],
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/b/c', 'a/b', false],
  ])('%s takes %s: %s', (wanted, given, expected) => {
    expect(matches(wanted, given)).toBe(expected);
  });

  /** The definition of the standard, level by level. */
  function slowly(wanted: string[], given: string[]): boolean {
    if (wanted.length === 0) return given.length === 0;
    if (wanted[0] === '#') return true;
    if (given.length === 0) return false;
    return (wanted[0] === '+' || wanted[0] === given[0]) && slowly(wanted.slice(1), given.slice(1));
  }

  it('as the definition says, for any two', () => {
    const level = fc.constantFrom('', 'a', 'b', '$x');
    const name = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
    const wild = fc
      .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'));
    fc.assert(
      fc.property(wild, name, (wanted, given) => {
        const hidden = given.startsWith('$') && ['+', '#'].includes(wanted[0]!);
        expect(matches(wanted, given)).toBe(!hidden && slowly(wanted.split('/'), given.split('/')));
      }),
      { numRuns: 1000 },
    );
  });
});
