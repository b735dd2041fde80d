import { expect, it } from 'vitest';
import { passwdPage } from '../../../src/cli/help/man/passwd.ts';
import { spoolPage } from '../../../src/cli/help/man/spool.ts';
import { manualText } from '../../../src/cli/help/small-manual.ts';

it.each([
  ['tspasswd', passwdPage()],
  ['tsspool', spoolPage()],
] as const)('the manual page of %s as text has every section', (program, page) => {
  const titles = ['NAME', ...page.sections.map(({ title }) => title)];
  expect(manualText(program).match(/^(?! )[A-Z ]+$/gm)).toEqual(titles);
});
