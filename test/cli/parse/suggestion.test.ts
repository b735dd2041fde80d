/** The line of help for words that a program does not know. Covers src/cli/words/shown.ts. */
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../../src/cli/options/index.ts';
import { suggestion } from '../../../src/cli/parse/suggestion.ts';
import { PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';
import { editDistance } from '../../../src/util/nearest.ts';
import { plan, stderrOf } from '../support.ts';

const hintFor = (program: ProgramId, ...argv: string[]): string | undefined =>
  /^Hint: (.*)/m.exec(stderrOf(() => plan(program, ...argv)))?.[1];

describe('an unknown option', () => {
  it('gets the nearest one, between the line of the originals and theirs of where to find help', () => {
    expect(stderrOf(() => plan('pub', '--hots', 'x'))).toBe(
      "Error: Unknown option '--hots'.\nHint: The closest option is --host.\n\nUse 'tspub --help' to see usage.\n",
    );
  });

  it.each([
    ['pub', '--mesage', 'The closest option is --message.'],
    ['pub', '--Host', 'The closest option is --host.'],
    ['pub', '-host', 'The closest option is --host.'],
    ['pub', '--hots=secret', 'The closest option is --host.'],
    ['pub', '--retry-dealy', 'The closest option is --retry-delay.'],
    ['sub', '--retain-handlin=new', 'The closest option is --retain-handling.'],
    ['pub', '--password', 'Use -P or --pw instead of --password.'],
    ['pub', '--password=secret', 'Use -P or --pw instead of --password.'],
    ['sub', '--hostname', 'Use -h or --host instead of --hostname.'],
    ['rr', '--client-id', 'Use -i or --id instead of --client-id.'],
    ['pub', '--ca', 'Use --cafile instead of --ca.'],
    ['sub', '--timeout', 'Use -W instead of --timeout.'],
    ['sub', '--count', 'Use -C instead of --count.'],
    ['pub', '\u2013t', 'This word begins with a typographic dash. Type an ASCII hyphen (-) instead.'],
    ['pub', '\u2014topic', 'This word begins with a typographic dash. Type an ASCII hyphen (-) instead.'],
    ['pub', '\u201chello', 'This word begins with a typographic quote. Type an ASCII quote (\' or ") instead.'],
    ['pub', '-t\u00a0a', 'This word contains a no-break space. Type an ordinary space instead.'],
    ['pub', '-q 1', 'Give -q and its value as two words, not in one pair of quotes.'],
    ['sub', '-m', '-m is an option of tspub and tsrr.'],
    ['pub', '--watch', '--watch is an option of tssub.'],
    ['rr', '--repeat=3', '--repeat is an option of tspub.'],
    ['pub', '--retain=1', '--retain takes no value in the same word.'],
    ['pub', '-p1883', 'Put a space between -p and its value.'],
    ['pub', '-Psecret', 'Put a space between -P and its value.'],
    ['sub', '-dv', 'Write options separately: -d -v.'],
    ['pub', 'world', 'An option begins with a dash, and a value with spaces needs quotes.'],
  ] as const)('of ts%s, %s: %s', (program, word, hint) => {
    expect(hintFor(program, word)).toBe(hint);
  });

  it.each(['-Z', '--', '-', '', '--zzzzzzzz', '--\u{1f600}', `--${'x'.repeat(1000)}`])(
    '%j gets no line of help',
    (word) => {
      expect(hintFor('pub', word)).toBeUndefined();
    },
  );

  it('gets none with --quiet', () => {
    expect(hintFor('pub', '--quiet', '--hots')).toBeUndefined();
  });

  it('with one letter missing or two swapped is one letter away from what is suggested', () => {
    for (const program of Object.keys(PROGRAMS) as ProgramId[]) {
      const names = optionsOf(program).flatMap((option) => option.names.filter((name) => name.startsWith('--')));
      for (const name of names) {
        for (let i = 3; i < name.length; i++) {
          const shorter = name.slice(0, i) + name.slice(i + 1);
          const swapped = name.slice(0, i) + (name[i + 1] ?? '') + name[i]! + name.slice(i + 2);
          for (const wrong of [shorter, swapped].filter((word) => !names.includes(word) && word.length > 4)) {
            const hint = suggestion(program, wrong) ?? '';
            const meant = /^The closest option is (--[\w-]+)\.$/.exec(hint)?.[1];
            if (meant === undefined) expect([wrong, hint]).toEqual([wrong, expect.stringContaining('is an option of')]);
            else expect([wrong, meant, editDistance(wrong, meant)]).toEqual([wrong, meant, 1]);
          }
        }
      }
    }
  });
});

describe('a wrong word for', () => {
  it.each([
    ['pub', ['-V', 'mqttv4'], 'Use mqttv31, mqttv311, mqttv5, 5, 31 or 311.'],
    ['sub', ['--retain-handling', 'Never'], 'Use always, new or never.'],
    [
      'pub',
      ['-D', 'publsh', 'content-type', 'x'],
      'COMMAND is one of connect, publish, subscribe, unsubscribe, disconnect, will.',
    ],
    ['pub', ['-D', 'publish', 'contenttype', 'x'], 'The closest property is content-type.'],
    ['pub', ['-D', 'subscribe', 'x-y', 'x'], 'subscribe takes subscription-identifier, user-property.'],
    ['pub', ['-D', 'connect', 'content-type', 'x'], 'It belongs to publish, will.'],
  ] as const)('ts%s %j gets a hint about what is allowed', (program, argv, hint) => {
    expect(hintFor(program, ...argv)).toBe(hint);
  });
});
