/**
 * The texts of `--help TOPIC` of tspasswd and tsspool, as they were read and found good. `UPDATE=1` rewrites them.
 * Covers src/cli/help/about/passwd.ts, src/cli/help/about/small.ts, src/cli/help/about/spool-tool.ts.
 */
import { describe, expect, it } from 'vitest';
import { PASSWD_ABOUT, PASSWD_TASKS } from '../../../src/cli/help/about/passwd.ts';
import { SPOOL_TOOL_ABOUT, SPOOL_TOOL_TASKS } from '../../../src/cli/help/about/spool-tool.ts';
import { examplesText, statusText, subjectText } from '../../../src/cli/help/small-texts.ts';
import { OPTIONS as PASSWD_OPTIONS } from '../../../src/cli/passwd/options.ts';
import { FORMS, OPTIONS as SPOOL_OPTIONS } from '../../../src/cli/spool/options.ts';
import { expectGolden } from '../../support/golden.ts';

const PROGRAMS = [
  ['tspasswd', PASSWD_OPTIONS, PASSWD_ABOUT, PASSWD_TASKS],
  ['tsspool', [...FORMS, ...SPOOL_OPTIONS], SPOOL_TOOL_ABOUT, SPOOL_TOOL_TASKS],
] as const;

describe.each(PROGRAMS)('%s', (program, subjects, about, tasks) => {
  const texts = [
    ...subjects.map((subject) => subjectText(program, subject)),
    statusText(program),
    examplesText(program),
  ];

  it('has one to six whole sentences on each option and subcommand, and on nothing else', () => {
    expect(Object.keys(about).sort()).toEqual(subjects.map(({ name }) => name).sort());
    for (const [name, text] of Object.entries(about))
      expect([name, /^[A-Z*].*[.)*]$/.test(text), text.split(/[.?!][*_]* (?=[A-Z*_-])/).length <= 7]).toEqual([
        name,
        true,
        true,
      ]);
  });

  it('has one line of help of at most 60 characters for each, without a full stop', () => {
    for (const { name, help } of subjects)
      expect([name, help.length <= 60, /^[A-Z].*[^.]$/.test(help)]).toEqual([name, true, true]);
  });

  it('prints a topic without marks, in 80 columns', () => {
    expect(texts.join('').match(/\*[a-z-]|_[A-Z]+_/g)).toBeNull();
    for (const { text, commands } of [{ text: texts.join('\n'), commands: tasks.flatMap(([, lines]) => lines) }])
      expect(text.split('\n').filter((line) => line.length > 80 && !commands.includes(line.slice(2)))).toEqual([]);
  });

  it('prints the text in the golden file', () => {
    expectGolden(`help-${program}-topics.txt`, texts.join('\n'));
  });
});
