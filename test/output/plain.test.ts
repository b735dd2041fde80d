/**
 * Covers src/output/blocks.ts, src/output/stepped-values.ts.
 */
import { describe, expect, it } from 'vitest';
import { putPlain } from '../../src/output/plain.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { FakeSink } from './sink.ts';

function printed(payload: Uint8Array | string, verbose: boolean, newline: boolean, topic = 'a/b'): string {
  const sink = new FakeSink();
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  const packet = {
    type: 'publish',
    dup: false,
    qos: 0,
    retain: false,
    packetId: 0,
    topic,
    payload: Buffer.from(payload),
    properties: [],
  } as const;
  putPlain(output, packet, verbose, newline);
  output.flush();
  sink.finishAll();
  return sink.text;
}

describe('a message as mosquitto_sub prints it', () => {
  it.each([
    ['plain', 'x', false, true, 'x\n'],
    ['-N', 'x', false, false, 'x'],
    ['-v', 'x', true, true, 'a/b x\n'],
    ['-v -N', 'x', true, false, 'a/b x'],
    ['empty', '', false, true, ''],
    ['empty, -N', '', false, false, ''],
    ['empty, -v', '', true, true, 'a/b (null)\n'],
    ['empty, -v -N', '', true, false, ''],
    ['line ends and blanks inside', ' a\r\nb\n', false, true, ' a\r\nb\n\n'],
  ])('%s', (_, payload, verbose, newline, expected) => {
    expect(printed(payload, verbose, newline)).toBe(expected);
  });

  it('byte for byte, whatever the bytes', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(printed(all, false, true)).toBe(`${Buffer.from(all).toString('latin1')}\n`);
  });

  it('with the topic in UTF-8', () => {
    expect(printed('x', true, true, '\u20ac')).toBe(Buffer.from('\u20ac x\n').toString('latin1'));
  });
});
