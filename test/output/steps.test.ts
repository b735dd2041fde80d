/** Payloads of any size are printed the same, and long ones in steps that do not block the program. */
import { describe, expect, it } from 'vitest';
import { compileFormat } from '../../src/output/compile.ts';
import { isWellFormedInSteps, LARGE_BYTES, STEP_BYTES } from '../../src/output/steps.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { AT, packet, text } from './render.ts';

const LONG = 3 * STEP_BYTES;

/** What comes out, the most that was put between two pauses, and how many there were. */
function inTurns(format: string, payload: Uint8Array, pretty = false) {
  const turns: (() => void)[] = [];
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let most = 0;
  let pauses = 0;
  let said = '';
  const output = new OutputWriter(
    {
      write: (chunk, done) => {
        chunks.push(Buffer.from(chunk));
        bytes += chunk.length;
        turns.push(() => done());
      },
      close: () => {},
    },
    {
      written: () => {},
      room: () => {},
      broken: () => {},
      pause: (goOn) => {
        pauses++;
        most = Math.max(most, bytes);
        bytes = 0;
        turns.push(goOn);
      },
    },
  );
  const warn = (line: string): void => {
    said += line;
  };
  compileFormat(format).renderer({ pretty, newline: false, warn })(output, packet(payload), AT);
  output.flush();
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
  return { out: Buffer.concat(chunks), most, pauses, said };
}

const bytes = Uint8Array.from({ length: LONG }, (_, i) => (i * 31) & 0xff);
const lines = Buffer.from('é "x"\n'.repeat(LONG / 7));

describe('a long payload', () => {
  it.each([
    ['%x', bytes, Buffer.from(bytes).toString('hex')],
    ['%X', bytes, Buffer.from(bytes).toString('hex').toUpperCase()],
    ['%b', bytes, Buffer.from(bytes).toString('base64')],
    [
      '%.2:x',
      bytes,
      Buffer.from(bytes)
        .toString('hex')
        .replaceAll(/(..)(?!$)/g, '$1:'),
    ],
    ['%j', lines, lines.toString()],
    ['%j', bytes, Buffer.from(bytes).toString('base64')],
    ['%J', Buffer.from(`[${JSON.stringify(lines.toString())} , 1]`), [lines.toString(), 1]],
  ])('by %s is what a short one would be, a part at a time', (format, payload, expected) => {
    const { out, most, pauses } = inTurns(`%t ${format} %q`, payload);
    const [, shown] = /^t (.*) 0$/s.exec(out.toString())!;
    if (format.toLowerCase() === '%j') {
      const { payload: value, payload_base64: base64, ...rest } = JSON.parse(shown!);
      const { payload: _, ...head } = JSON.parse(text('%j', packet('x')));
      expect(rest).toEqual({ ...head, payloadlen: payload.length });
      expect(JSON.stringify(value ?? base64) === JSON.stringify(expected)).toBe(true);
    } else expect(shown === expected).toBe(true);
    expect(pauses).toBeGreaterThan(2);
    expect(most).toBeLessThan(4 * STEP_BYTES);
  });

  it('of JSON that grows when it is indented comes a part at a time too', () => {
    const nested = `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`;
    const payload = Buffer.from(`[${Array(60).fill(nested).join(',')}]`);
    expect(payload.length).toBeGreaterThan(LARGE_BYTES);
    const { out, most, pauses } = inTurns('%J', payload, true);
    expect(JSON.stringify(JSON.parse(out.toString()).payload)).toBe(payload.toString());
    expect(out.length).toBeGreaterThan(20 * STEP_BYTES);
    expect(pauses).toBeGreaterThan(20);
    expect(most).toBeLessThan(2 * STEP_BYTES);
  });

  it('that is not JSON is reported, and the rest of the format printed', () => {
    const { out, said } = inTurns('%t %J %q', Buffer.alloc(LONG, '['));
    expect(out.toString()).toBe('t  0');
    expect(said).toBe('Error: Message payload is not valid JSON on topic t.\n');
  });

  it('is looked at for UTF-8 whole, wherever a step ends', () => {
    const isText = (content: Uint8Array): boolean => {
      const steps = isWellFormedInSteps(content);
      let step = steps.next();
      while (!step.done) step = steps.next();
      return step.value;
    };
    for (const character of ['é', '€', '😀'])
      for (let shift = 0; shift < 4; shift++) {
        const content = Buffer.from('x'.repeat(shift) + character.repeat(STEP_BYTES / 2));
        expect(isText(content)).toBe(true);
        expect(isText(content.subarray(0, -1))).toBe(false);
        content[content.length >> 1] = 0xff;
        expect(isText(content)).toBe(false);
      }
  });
});
