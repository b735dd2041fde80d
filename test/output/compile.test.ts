/** The language of `-F`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormat, FormatError } from '../../src/output/compile.ts';
import { CONVERSIONS } from '../../src/output/time.ts';
import { packet, rendered, text } from './render.ts';

/** The message of the error, or undefined when there is none. */
function errorOf(format: string | Uint8Array): string | undefined {
  try {
    compileFormat(format);
    return undefined;
  } catch (problem) {
    if (problem instanceof FormatError) return problem.message;
    throw problem;
  }
}

describe('a format', () => {
  it.each([
    ['', ''],
    ['text only', 'text only'],
    ['%%|@@|\\\\|\\t|\\n|\\r|\\e|\\a|\\v|\\0|', '%|@|\\|\t|\n|\r|\x1b|\x07|\v|\0|'],
    ['é%té', 'éttéé'.slice(0, 2).concat('é')],
    ['%:t|%,l|% q|%~r', 't|5|0|0'],
    ['%@t|%\\l|%.3@t', 't|5|t'],
    ['%000007p', '00hello'],
    ['@é', '%é'],
    ['@%|@~', '%|%~'],
    ['%p', 'hello'],
    ['%p%p', 'hellohello'],
    ['%t %p', 't hello'],
    ['a%pb', 'ahellob'],
  ])('%s prints "%s"', (format, expected) => {
    expect(text(format, packet())).toBe(expected);
  });

  it('ends with a line end, if asked for', () => {
    expect(text('%p', packet(), { newline: true })).toBe('hello\n');
    expect(text('', packet(), { newline: true })).toBe('\n');
    expect(text('%p|', packet(), { newline: true })).toBe('hello|\n');
  });

  it('need not be text', () => {
    expect(rendered(Buffer.from('\xff%p@\xe9', 'latin1'), packet()).stdout).toEqual(
      Buffer.from('\xffhello%\xe9', 'latin1'),
    );
  });

  it.each([
    ...['!', '"', '#', '$', '&', "'", '(', ')', '*', '+', ',', '-', '.', '/', ':', ';', '<', '=', '>', '?', '@', '['],
    ...['\\', ']', '^', '_', '`', '{', '|', '}', '~', ' '],
  ])('takes %s as a separator', (separator) => {
    expect(text(`%.2${separator}x`, packet('abc'))).toBe(`61${separator}62${separator}63`);
    expect(text(`%.9${separator}l`, packet('abc'))).toBe('3');
  });

  it('serves many messages', () => {
    const render = compileFormat('%t %p');
    expect(render.usesTime).toBe(false);
    expect(text('%t %p', packet('1', { topic: 'a' })) + text('%t %p', packet('2', { topic: 'b' }))).toBe('a 1b 2');
  });

  it.each(
    [...'IjJU']
      .map((letter) => `%${letter}`)
      .concat(
        CONVERSIONS.map((row) => `@${row.letter}`),
        '@N',
      ),
  )('with %s uses the time', (format) => {
    expect(compileFormat(format).usesTime).toBe(true);
  });

  it.each(['%p', '%%j', '@@', '\\\\', 'j', '%x %C'])('with %s does not', (format) => {
    expect(compileFormat(format).usesTime).toBe(false);
  });
});

describe('a format that cannot be used', () => {
  it.each([
    ['%', 'Incomplete format specifier.'],
    ['%0', 'Incomplete format specifier.'],
    ['%-', 'Incomplete format specifier.'],
    ['%1', 'Incomplete format specifier.'],
    ['%.', 'Incomplete format specifier.'],
    ['%.1', 'Incomplete format specifier.'],
    ['%-05', 'Incomplete format specifier.'],
    ['%%%', 'Incomplete format specifier.'],
    ['@', 'Incomplete format specifier.'],
    ['abc@', 'Incomplete format specifier.'],
    ['@@@', 'Incomplete format specifier.'],
    ['%Z', "Invalid format specifier 'Z'."],
    ['%p%n', "Invalid format specifier 'n'."],
    ['%.2:', "Invalid format specifier '\0'."],
    ['%:', "Invalid format specifier '\0'."],
    ['%::x', "Invalid format specifier ':'."],
    ['%0-5p', "Invalid format specifier '5'."],
    ['%--5p', "Invalid format specifier '5'."],
    ['%é', "Invalid format specifier 'é'."],
    ['%\n', "Invalid format specifier '\n'."],
    ['\\', 'Incomplete escape specifier.'],
    ['a\\', 'Incomplete escape specifier.'],
    ['\\x41', "Invalid escape specifier 'x'."],
    ['\\"', `Invalid escape specifier '"'.`],
    ['\\1', "Invalid escape specifier '1'."],
    ['\\😀', "Invalid escape specifier '😀'."],
    ['%1000001p', 'Invalid format specifier: 1000001 is more than 1000000.'],
    ['%.99999999999999999999f', 'Invalid format specifier: 99999999999999999999 is more than 1000000.'],
  ])('%s: %s', (format, message) => {
    expect(errorOf(format)).toBe(message);
  });

  it('is reported at the first error', () => {
    expect(errorOf('%p \\x %')).toBe("Invalid escape specifier 'x'.");
  });

  it('may be wide, but not without end', () => {
    expect(rendered('%1000000p', packet()).stdout).toHaveLength(1_000_000);
  });
});

describe('whatever the format and the message', () => {
  const symbols = [...'%%%%@@\\-0.:15 é', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
  const format = fc.array(fc.constantFrom(...symbols), { maxLength: 12 }).map((parts) => parts.join(''));

  it('it is refused with a FormatError, or prints without one', () => {
    fc.assert(
      fc.property(format, fc.uint8Array({ maxLength: 12 }), fc.boolean(), (source, payload, pretty) => {
        if (errorOf(source) !== undefined) return;
        const properties = [
          { name: 'content-type', value: '' },
          { name: 'user-property', value: ['', 'x'] },
        ] as const;
        const bare = rendered(source, packet(payload), { pretty }).stdout;
        expect(rendered(source, packet(payload), { pretty, newline: true }).stdout).toEqual(
          Buffer.concat([bare, Buffer.from('\n')]),
        );
        rendered(source, packet(payload, { properties, qos: 1, packetId: 1 }), { pretty });
      }),
      { numRuns: 20_000 },
    );
  });
});
