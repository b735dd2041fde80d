/**
 * The words of tsspool: the plan of each subcommand, and the messages for words that make none.
 * Covers src/cli/spool/options.ts.
 */
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/help/completion.ts';
import { examplesText, statusText, subjectText } from '../../../src/cli/help/small-texts.ts';
import { isInformation } from '../../../src/cli/informational.ts';
import { colorOf } from '../../../src/cli/small-grammar.ts';
import { OPTIONS, FORMS as SUBCOMMANDS, usageText } from '../../../src/cli/spool/options.ts';
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
const FIRST = 'Write the directory first: ';
const rowOf = (name: string) => [...SUBCOMMANDS, ...OPTIONS].find((row) => row.name === name)!;

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
    ['--help all', { form: 'text', text: usageText(), status: 0 }],
    ['--help drop', { form: 'text', text: subjectText('tsspool', rowOf('drop')), status: 0 }],
    ['--help --list', { form: 'text', text: subjectText('tsspool', rowOf('list')), status: 0 }],
    ['--help --topic', { form: 'text', text: subjectText('tsspool', rowOf('--topic')), status: 0 }],
    ['--help levels', { form: 'text', text: subjectText('tsspool', rowOf('--levels')), status: 0 }],
    ['--help status', { form: 'text', text: statusText('tsspool'), status: 0 }],
    ['--help examples', { form: 'text', text: examplesText('tsspool'), status: 0 }],
    ['d nonsense --help', { form: 'text', text: usageText(), status: 0 }],
    ['list list', { folder: 'list', json: false, form: 'list' }],
  ])('%s are a plan', async (line, plan) => {
    const found = JSON.parse(JSON.stringify(await toldOf(wordsOf(line))));
    expect(found).toMatchObject(JSON.parse(JSON.stringify(plan)));
  });

  it.each([
    ["''", 'DIR and SUBCOMMAND are missing.'],
    ['--json', 'DIR and SUBCOMMAND are missing.'],
    ['d list x', "Unexpected word 'x' after 'list'."],
    ['d import x y', "Unexpected word 'x' after 'import'."],
    ['d show', "'show' needs the ID of one message."],
    ['d show 1 2', "'show' needs the ID of one message."],
    ...['0', '-', '1.5', 'x', '1234567890123456', '0x1'].map((id) => [`d show ${id}`, `'${id}' is not a message ID.`]),
    // The words before the values, whatever their order.
    ['d drop --older-than x y', "'y' is not a message ID."],
    ['d drop --topic a#', "--topic 'a#' is not a topic filter."],
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
    ['list d', "The directory of the spool is missing before 'list'.", `${FIRST}tsspool d list`],
    ['show d 7', "The directory of the spool is missing before 'show'.", `${FIRST}tsspool d show 7`],
    ['list', "The directory of the spool is missing before 'list'.", `${FIRST}tsspool DIR list`],
    ['drop --topic a d', "The directory of the spool is missing before 'drop'.", `${FIRST}tsspool d drop`],
    ['d --list', "Unknown option '--list'.", 'Write the subcommand without dashes: tsspool DIR list'],
    ['d list --tpoic a', "Unknown option '--tpoic'.", 'Did you mean --topic?'],
    ['d list -x', "Unknown option '-x'.", 'See tsspool --help.'],
    ['d', "The subcommand is missing after 'd'.", `Use one of ${FORMS}.`],
    ['d look', "Unknown subcommand 'look'.", `Use one of ${FORMS}.`],
    ['d lsit', "Unknown subcommand 'lsit'.", 'Did you mean list?'],
    ['d drop --older-than 3', '--older-than 3 needs a unit.', 'Write one of 3s, 3m, 3h, 3d, 3w.'],
    ['d list --older-than=15', '--older-than 15 needs a unit.', 'Write one of 15s, 15m, 15h, 15d, 15w.'],
    [
      'd drop --older-than 15x',
      "--older-than '15x' is not an age.",
      'Write a whole number and s, m, h, d or w, such as 15m.',
    ],
    ['d verify --levels 2', '--levels cannot be used with verify.', 'It goes with shape.'],
    ['d drop', "'drop' needs an ID, --topic or --older-than.", "Use --topic '#' to remove every message."],
    [
      '--help nonsense',
      "Unknown help topic 'nonsense'.",
      'Use all, man, status, examples, or the name of an option or a subcommand.',
    ],
    ['--help exprot', "Unknown help topic 'exprot'.", 'Did you mean tsspool --help export?'],
  ])('%s are refused, with what to do', (line, message, advice) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', message, advice }));
  });

  it('that are missing are named, with the command to write', () => {
    const advice = 'Write tsspool DIR list to see what is queued in DIR.';
    expect(() => planOf([])).toThrow(
      expect.objectContaining({ kind: 'usage', message: 'DIR and SUBCOMMAND are missing.', advice }),
    );
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
