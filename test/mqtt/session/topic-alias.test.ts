import { describe, expect, it } from 'vitest';
import type { Properties } from '../../../src/mqtt/properties.ts';
import { InboundAliases, OutboundAliases } from '../../../src/mqtt/session/topic-alias.ts';
import type { PublishPacket } from '../../../src/mqtt/types.ts';
import { content, Harness } from './harness.ts';

const alias = (value: number): Properties => [{ name: 'topic-alias', value }];
const publish = (topic: string, properties: Properties): PublishPacket => ({
  type: 'publish',
  dup: false,
  qos: 0,
  retain: false,
  packetId: 0,
  topic,
  payload: Buffer.alloc(0),
  properties,
});

describe('aliases that the server sets', () => {
  it('replace their topic until they are set again [MQTT 5, 3.3.2.3.4]', () => {
    const aliases = new InboundAliases(2);
    expect(aliases.resolve(publish('a', alias(1))).topic).toBe('a');
    expect(aliases.resolve(publish('b', alias(2))).topic).toBe('b');
    expect(aliases.resolve(publish('', alias(1))).topic).toBe('a');
    expect(aliases.resolve(publish('c', alias(1))).topic).toBe('c');
    expect(aliases.resolve(publish('', alias(1))).topic).toBe('c');
    expect(aliases.resolve(publish('', alias(2))).topic).toBe('b');
  });

  it('leave packets without one as they are, to the very object', () => {
    const aliases = new InboundAliases(0);
    const bare = publish('a', []);
    const other = publish('a', [{ name: 'content-type', value: 'x' }]);
    expect(aliases.resolve(bare)).toBe(bare);
    expect(aliases.resolve(other)).toBe(other);
  });

  it('must not be above the maximum that CONNECT announced: 0x94 [MQTT-3.1.2-26]', () => {
    expect(() => new InboundAliases(2).resolve(publish('a', alias(3)))).toThrow(
      expect.objectContaining({ code: 0x94 }),
    );
    expect(() => new InboundAliases(0).resolve(publish('a', alias(1)))).toThrow(
      expect.objectContaining({ code: 0x94 }),
    );
  });

  it('must have been set before they stand alone: 0x82', () => {
    expect(() => new InboundAliases(2).resolve(publish('', alias(1)))).toThrow(expect.objectContaining({ code: 0x82 }));
  });

  it('do not outlive the connection [MQTT-3.3.2-7]', () => {
    const h = new Harness({ clean: false, properties: [{ name: 'topic-alias-maximum', value: 5 }] });
    h.connect().in('30 {"a" {23 0001} 01}').in('30 {"" {23 0001} 02}');
    expect(h.messages().map(({ topic }) => topic)).toEqual(['a', 'a']);
    h.drop().resume();
    expect(h.types()).toEqual(['connected']);
    h.in('30 {"" {23 0001} 03}');
    h.expectFailed(0x82);
  });
});

describe('aliases that we use', () => {
  it('replace the topic once the server knows it', () => {
    const aliases = new OutboundAliases(3);
    expect(aliases.shorten('a', alias(3))).toEqual({ topic: 'a', properties: alias(3) });
    aliases.sent('a', alias(3));
    expect(aliases.shorten('a', alias(3))).toEqual({ topic: '', properties: alias(3) });
    expect(aliases.shorten('b', alias(3))).toEqual({ topic: 'b', properties: alias(3) });
    expect(aliases.shorten('a', alias(2))).toEqual({ topic: 'a', properties: alias(2) });
  });

  it('are not learned from a packet that was not sent', () => {
    const aliases = new OutboundAliases(3);
    aliases.shorten('a', alias(1));
    expect(aliases.shorten('a', alias(1)).topic).toBe('a');
  });

  it('are left out when the server takes none so high, and the other properties stay [MQTT-3.2.2-17, 3.2.2-18]', () => {
    const aliases = new OutboundAliases(1);
    const properties: Properties = [{ name: 'content-type', value: 'x' }, ...alias(2)];
    expect(aliases.shorten('a', properties)).toEqual({ topic: 'a', properties: [properties[0]] });
    expect(new OutboundAliases(0).shorten('a', alias(1))).toEqual({ topic: 'a', properties: [] });
  });

  it('go out as topic with alias, then alias alone, and start over on the next connection [MQTT-3.3.2-7]', () => {
    const h = new Harness().connect('20 {00 00 {22 0002}}');
    h.session.publish(content(0, { properties: alias(2) }));
    h.session.publish(content(0, { properties: alias(2) }));
    h.expectOut(`30 {"t" {23 0002} 'x'} 30 {"" {23 0002} 'x'}`);
    h.drop().connect('20 {00 00 {22 0002}}');
    h.session.publish(content(0, { properties: alias(2) }));
    h.expectOut(`30 {"t" {23 0002} 'x'}`);
    h.drop().connect();
    h.session.publish(content(0, { properties: alias(2) }));
    h.expectOut(`30 {"t" {} 'x'}`);
  });

  it('are followed in what is sent again: with the topic first', () => {
    const h = new Harness({ clean: false }).connect('20 {00 00 {22 0002}}');
    h.session.publish(content(1, { properties: alias(1) }));
    h.session.publish(content(1, { properties: alias(1) }));
    h.expectOut(`32 {"t" 0001 {23 0001} 'x'} 32 {"" 0002 {23 0001} 'x'}`);
    h.drop().connect('20 {01 00 {22 0001}}');
    h.expectOut(`3a {"t" 0001 {23 0001} 'x'} 3a {"" 0002 {23 0001} 'x'}`);
    h.drop().resume();
    h.expectOut(`3a {"t" 0001 {} 'x'} 3a {"t" 0002 {} 'x'}`);
  });

  it('are not learned from a packet too large for the server', () => {
    const h = new Harness().connect('20 {00 00 {22 0002 27 00000014}}');
    h.session.publish(content(0, { properties: alias(2), payload: Buffer.alloc(30) }));
    h.session.publish(content(0, { properties: alias(2) }));
    h.expectOut(`30 {"t" {23 0002} 'x'}`);
  });
});
