/**
 * The manual pages are good mdoc, and show what the tables have.
 * Covers src/cli/help/man/client.ts, src/cli/help/man/examples.ts, src/cli/help/man/formats.ts,
 * src/cli/help/man/passwd.ts, src/cli/help/man/purposes.ts, src/cli/help/man/roff.ts, src/cli/help/man/spool.ts, src/cli/help/man/statuses.ts,
 * src/cli/help/man/surroundings.ts, src/cli/help/man/texts.ts.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manualPages } from '../../../src/cli/help/man.ts';
import { optionsOf } from '../../../src/cli/options/index.ts';
import { defaultText, environmentName } from '../../../src/cli/options/option.ts';
import { OPTIONS as PASSWD_OPTIONS } from '../../../src/cli/passwd/options.ts';
import { CLIENT_IDS, PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';
import { FORMS as SPOOL_FORMS, OPTIONS as SPOOL_OPTIONS } from '../../../src/cli/spool/options.ts';
import { FAILURES } from '../../../src/errors.ts';
import { REASONS } from '../../../src/mqtt/reasons.ts';
import { SPECIFIERS } from '../../../src/output/specifiers.ts';
import { describeWith } from '../../support/tool.ts';

const folder = join(import.meta.dirname, '../../../man');
const pages = [...manualPages()];
const CLIENTS = Object.keys(PROGRAMS) as ProgramId[];

/** Bold and underlined letters are printed twice. */
const OVERSTRIKE = new RegExp(`.${String.fromCharCode(8)}`, 'g');

describeWith('mandoc', 'mandoc', (mandoc) => {
  const rendered = (name: string): string => {
    const page = spawnSync(mandoc, ['-T', 'utf8', '-O', 'width=80', join(folder, name)], { encoding: 'utf8' });
    return page.stdout.replace(OVERSTRIKE, '');
  };

  it.each(pages)('finds nothing wrong with %s', (name) => {
    const { stdout, stderr } = spawnSync(mandoc, ['-T', 'lint', '-W', 'warning', join(folder, name)], {
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
  });

  it.each(CLIENTS)('shows every option of %s with its variable and default', (program) => {
    const text = rendered(`${PROGRAMS[program].name}.1`);
    for (const option of optionsOf(program)) {
      const start = text.search(new RegExp(`^ {5}${option.names.join(', ')}( |$)`, 'm'));
      const entry = text.slice(start).split('\n\n')[0]!.replace(/\s+/g, ' ');
      const variable = environmentName(option);
      expect([option.names[0], start > 0]).toEqual([option.names[0], true]);
      if (variable !== undefined) expect(entry).toContain(`Environment: ${variable}.`);
      const usual = defaultText(option, program);
      if (usual !== undefined) expect(entry).toContain(`Default: ${usual}.`);
    }
  });

  it.each(CLIENT_IDS)('shows every exit status of %s', (program) => {
    const text = rendered(`${PROGRAMS[program].name}.1`).replace(/[\s\S]*^EXIT STATUS/m, '');
    for (const { status } of Object.values(FAILURES)) expect(text).toMatch(new RegExp(`^ +${status}( |$)`, 'm'));
    for (const { code } of REASONS.filter((row) => row.code >= 128))
      expect(text).toMatch(new RegExp(`^ +${code} `, 'm'));
  });

  it('shows every letter of -F in the pages of the programs that have it', () => {
    for (const program of ['sub', 'rr'] as const) {
      const text = rendered(`${PROGRAMS[program].name}.1`);
      for (const { letter } of SPECIFIERS) expect(text).toMatch(new RegExp(`^ +%${letter} `, 'm'));
    }
    expect(rendered('tspub.1')).not.toContain('FORMATS');
  });

  it('shows every form and option of tsspool', () => {
    const text = rendered('tsspool.1');
    for (const { name } of [...SPOOL_FORMS, ...SPOOL_OPTIONS]) expect(text).toMatch(new RegExp(`^ +${name}( |$)`, 'm'));
  });

  it('shows every option of tspasswd', () => {
    const text = rendered('tspasswd.1');
    for (const { name } of PASSWD_OPTIONS) expect(text).toMatch(new RegExp(`^ +${name}( |$)`, 'm'));
  });
});
