/** The words of tsspool: the plan of each subcommand, and the messages about other words. Covers src/cli/spool/options.ts. */
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/help/completion.ts';
import { isInformation } from '../../../src/cli/informational.ts';
import { colorOf } from '../../../src/cli/small-grammar.ts';
import { usageText } from '../../../src/cli/spool/options.ts';
import { GRAMMAR, readSpoolWords } from '../../../src/cli/spool/parse.ts';

const planOf = (argv: readonly string[]) =>
  readSpoolWords({ argv, version: '1.2.3', runtime: 'a test', features: async () => [] });
/** With the text, where there is one. */
async function toldOf(argv: readonly string[]): Promise<object> {
  const plan = planOf(argv);
  return isInformation(plan) ? { ...plan, text: await plan.text() } : plan;
}
const wordsOf = (line: string): string[] => line.split(' ').map((word) => (word === "''" ? '' : word));

const COMMON = { folder: 'd', json: false };
const FORMS = 'list, shape, show, drop, export, import, verify';

describe('the words', () => {
  it.each<[line: string, plan: object]>([
    ['d list', { ...COMMON, form: 'list' }],
    ['d list --json', { folder: 'd', json: true, form: 'list' }],
    ['--json d verify', { folder: 'd', json: true, form: 'verify' }],
    ['-- --d list', { folder: '--d', form: 'list' }],
    ['- list', { folder: '-', form: 'list' }],
    ['d show 7', { ...COMMON, form: 'show', ids: [7] }],
    ['d show 999999999999999', { form: 'show', ids: [999_999_999_999_999] }],
    ['d drop 7 8', { ...COMMON, form: 'drop', ids: [7, 8], topic: undefined, olderThan: undefined }],
    ['d drop --topic a/+', { form: 'drop', ids: [], topic: 'a/+' }],
    ['d drop --older-than=15m', { form: 'drop', ids: [], olderThan: 900_000 }],
    ['d shape --levels 100', { ...COMMON, form: 'shape', levels: 100 }],
    ['d shape --levels=1', { form: 'shape', levels: 1 }],
    ['d import', { ...COMMON, form: 'import' }],
    ['d export', { ...COMMON, form: 'export' }],
    ['--version', { form: 'text', text: 'tsspool 1.2.3 (a test)\n', status: 0 }],
    ['--completion zsh', { form: 'text', text: completionScript('spool', 'zsh'), status: 0 }],
    ['--help', { form: 'text', text: usageText(), status: 0 }],
    ['--help list', { form: 'text', text: usageText(), status: 0 }],
    ['--help --json', { form: 'text', text: usageText(), status: 0 }],
    ['d nonsense --help', { form: 'text', text: usageText(), status: 0 }],
    ['list list', { folder: 'list', json: false, form: 'list' }],
  ])('%s are a plan', async (line, plan) => {
    const found = JSON.parse(JSON.stringify(await toldOf(wordsOf(line))));
    expect(found).toMatchObject(JSON.parse(JSON.stringify(plan)));
  });

  it('that are none are answered with the usage, and 1', async () => {
    expect(await toldOf([])).toEqual({ form: 'text', text: usageText(), status: 1 });
  });

  it.each([
    ["''", 'The folder of the spool is missing.'],
    ['--json', 'The folder of the spool is missing.'],
    ['d', `What to do with d is missing: ${FORMS}.`],
    ['d look', `Unknown form 'look': it must be ${FORMS}.`],
    ['d list x', "List takes no more words: 'x'."],
    ['d import x y', "Import takes no more words: 'x'."],
    ['d show', 'Show needs the identifier of one message.'],
    ['d show 1 2', 'Show needs the identifier of one message.'],
    ...['0', '-', '1.5', 'x', '1234567890123456', '0x1'].map((id) => [
      `d show ${id}`,
      `'${id}' is not the identifier of a message.`,
    ]),
    // The words before the values, whatever their order.
    ['d drop --older-than x y', "'y' is not the identifier of a message."],
    ['d drop --topic a#', "--topic 'a#' is not a topic filter."],
    ['d drop --older-than 3', '--older-than 3 needs a unit: 3s, 3m, 3h, 3d, 3w.'],
    ['d list --older-than=15', '--older-than 15 needs a unit: 15s, 15m, 15h, 15d, 15w.'],
    ['d drop --older-than 15x', "--older-than '15x' is not an age: a whole number and s, m, h, d or w, such as 15m."],
    ...['0', '101', 'x', '1.5'].map((levels) => [
      `d shape --levels ${levels}`,
      `--levels '${levels}' must be a whole number from 1 to 100.`,
    ]),
    ['--levels', '--levels needs a value.'],
    ['--json=1 d list', '--json takes no value.'],
    ['-x d list', "Unknown option '-x'."],
    ['--nope=1 d list', "Unknown option '--nope'."],
    ['--color red d list', "Unknown value 'red' for --color: it is one of auto, always, never."],
    ['--completion ksh', "No completion for shell 'ksh': it is one of bash, zsh, fish."],
  ])('%s are refused', (line, message) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', message }));
  });

  it.each([
    ['list d', 'The folder of the spool is missing before list.', 'Write the folder first: tsspool d list'],
    ['show d 7', 'The folder of the spool is missing before show.', 'Write the folder first: tsspool d show 7'],
    ['list', 'The folder of the spool is missing before list.', 'Write the folder first: tsspool DIR list'],
    ['drop --topic a d', 'The folder of the spool is missing before drop.', 'Write the folder first: tsspool d drop'],
    ['d --list', "Unknown option '--list'.", 'list is written without dashes: tsspool DIR list'],
    ['d list --tpoic a', "Unknown option '--tpoic'.", 'Did you mean --topic?'],
    ['d list -x', "Unknown option '-x'.", 'Try tsspool --help.'],
    ['d', `What to do with d is missing: ${FORMS}.`, 'Try tsspool --help.'],
    ['--help nonsense', "Unknown help topic 'nonsense'.", '--help takes no word.'],
  ])('%s are refused, with what to do', (line, message, advice) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', message, advice }));
  });

  it('refuse an option where its form does not have it', () => {
    expect(() => planOf(wordsOf('d verify --levels 2'))).toThrow(/^--levels goes with shape.*, not with verify\.$/);
    expect(() => planOf(wordsOf('d drop'))).toThrow(expect.objectContaining({ kind: 'usage' }));
  });
});

describe('--color', () => {
  it.each([
    ['d list', 'auto'],
    ['d list --color=always', 'always'],
    ['--color never d list --nope', 'never'],
    ['--color always --color red d', 'always'],
  ])('%s: %s, also for messages about the other words', (line, when) => {
    expect(colorOf(GRAMMAR, wordsOf(line))).toBe(when);
  });
});
