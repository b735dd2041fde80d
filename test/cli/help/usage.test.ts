/** The help text that a person has checked. `UPDATE=1` rewrites it. Covers src/cli/help/version.ts, src/util/columns.ts. */
import { describe, expect, it } from 'vitest';
import { groupsOf, mainTopicsOf } from '../../../src/cli/help/topics.ts';
import { helpText } from '../../../src/cli/help/usage.ts';
import { versionLines } from '../../../src/cli/help/version.ts';
import { optionsOf } from '../../../src/cli/options/index.ts';
import { OPTIONS as PASSWD_OPTIONS } from '../../../src/cli/passwd/options.ts';
import { fullUsageText, usageText } from '../../../src/cli/passwd/usage.ts';
import { PROGRAMS } from '../../../src/cli/programs.ts';
import { usageText as spoolUsageText } from '../../../src/cli/spool/options.ts';
import type { Feature } from '../../../src/runtime/features.ts';
import { expectGolden } from '../../support/golden.ts';
import { literally } from '../../support/lines.ts';

const PLANNED = ['pub', 'sub', 'rr', 'check'] as const;

describe('--help', () => {
  it.each(PLANNED)('of %s is the text in the golden file', async (program) => {
    expectGolden(`help-ts${program}.txt`, await helpText(program));
    expectGolden(`help-ts${program}-all.txt`, await helpText(program, 'all'));
  });

  it('of tspasswd is the text in the golden file', () => {
    expectGolden('help-tspasswd.txt', usageText());
    expectGolden('help-tspasswd-all.txt', fullUsageText());
    for (const { name } of PASSWD_OPTIONS) expect(fullUsageText()).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('fits on a terminal of 80 columns and 24 lines, with the prompt', async () => {
    const texts = [...(await Promise.all(PLANNED.map((program) => helpText(program)))), usageText(), spoolUsageText()];
    for (const text of texts) {
      const lines = text.replace(/\n$/, '').split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(lines.length, lines[0]).toBeLessThanOrEqual(23);
      expect(text).toMatch(/^Usage: .*\n.*\n\n/);
      expect(text).toMatch(/\nExamples:\n {2}ts/);
    }
  });

  it.each(PLANNED)('of %s shows the everyday options, the examples and the names of the topics', async (program) => {
    const text = await helpText(program);
    const { name, everyday, examples } = PROGRAMS[program];
    for (const first of everyday) expect(text).toMatch(new RegExp(`^ +${first}[ ,]`, 'm'));
    for (const [line, about] of examples)
      expect(text).toMatch(new RegExp(`^  ${literally(`${name} ${line}`)} +${literally(about)}$`, 'm'));
    const more = text.slice(text.indexOf('\nMore: '));
    for (const topic of ['OPTION', ...mainTopicsOf(program)]) expect(more).toMatch(new RegExp(`[ \n]${topic}[,.]`));
  });

  it.each(PLANNED)('GROUP of %s shows the options of the group, as --help all does', async (program) => {
    for (const group of groupsOf(program)) {
      const rows = optionsOf(program).filter((option) => option.group === group);
      const shown = (await helpText(program, group)).match(/(?<=^ +)--?[\w-]+(?=[ ,])|(?<=^ {2})[a-z]+(?= {3})/gm);
      expect(shown).toEqual(rows.map((option) => option.names[0]));
    }
  });

  it.each(PLANNED)('all of %s fits into 80 columns and ends in one line end', async (program) => {
    const text = await helpText(program, 'all');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it.each(PLANNED)('of %s fits into 80 columns and ends in one line end', async (program) => {
    const text = await helpText(program);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it.each(PLANNED)('all of %s shows each option', async (program) => {
    const text = await helpText(program, 'all');
    for (const option of optionsOf(program)) {
      const placeholder = option.arity === 0 ? '' : ` ${option.placeholder}`;
      const shown = new RegExp(`^ +${option.names.join(', ')}${placeholder}( |$)`, 'm').test(text);
      expect(`${option.names[0]} ${shown}`).toBe(`${option.names[0]} true`);
    }
  });
});

describe('--version', () => {
  it('is one line', () => {
    expect(versionLines('tssub', '1.2.3', 'Node.js 20.20.2', [])).toBe('tssub 1.2.3 (Node.js 20.20.2)\n');
    expect(versionLines('tsrr', '1.2.3', '', [])).toBe('tsrr 1.2.3\n');
  });

  it('goes on with what the build can do, and why not', () => {
    const features: Feature[] = [
      { name: 'TLS', available: true, reason: '', by: 'OpenSSL 3.0.19' },
      { name: 'WebSocket', available: true, reason: '' },
      { name: 'PSK', available: false, reason: 'it is Tuesday' },
    ];
    expect(versionLines('tssub', '1', 'N', features)).toBe(
      'tssub 1 (N)\nTLS        OpenSSL 3.0.19\nWebSocket  yes\nPSK        no: it is Tuesday\n',
    );
  });
});
