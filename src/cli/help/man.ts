/** All manual pages: the name and the content of each file. `npm run man` writes them to man/. */
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { clientPage } from './man/client.ts';
import { passwdPage } from './man/passwd.ts';
import { mdoc } from './man/roff.ts';
import { spoolPage } from './man/spool.ts';

export function manualPages(): ReadonlyMap<string, string> {
  const all = [...(Object.keys(PROGRAMS) as ProgramId[]).map(clientPage), passwdPage(), spoolPage()];
  return new Map(all.map((page) => [`${page.name}.1`, mdoc(page)]));
}
