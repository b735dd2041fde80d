/**
 * The sentences on each option, for the manual pages and `--help OPTION`.
 * Covers src/cli/help/about/connection.ts, src/cli/help/about/exec.ts, src/cli/help/about/misc.ts,
 * src/cli/help/about/output.ts, src/cli/help/about/publishing.ts, src/cli/help/about/session.ts,
 * src/cli/help/about/spool.ts, src/cli/help/about/subscribing.ts, src/cli/help/about/tls.ts,
 * src/cli/help/about/transport.ts, src/cli/help/about/will.ts.
 */
import { describe, expect, it } from 'vitest';
import { ABOUT, aboutOf } from '../../../src/cli/help/about.ts';
import { OPTIONS, optionsOf } from '../../../src/cli/options/index.ts';
import { PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';

describe('the descriptions of options', () => {
  it('names options that exist', () => {
    const names = OPTIONS.map((option) => option.names[0]);
    expect(Object.keys(ABOUT).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(Object.keys(PROGRAMS) as ProgramId[])('is whole sentences, for each option of %s', (program) => {
    const texts = optionsOf(program).map((option) => [option.names[0], aboutOf(program, option)]);
    expect(texts.filter(([, text]) => !/^[A-Z*'].*[.)]$/.test(text!))).toEqual([]);
  });
});
