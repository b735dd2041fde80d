/** All manual pages: the name and the content of each file. `npm run man` writes them to man/. */
import { CLIENT_IDS, type ProgramId } from '../programs.ts';
import { checkPage } from './man/check.ts';
import { clientPage } from './man/client.ts';
import type { Page } from './man/document.ts';
import { passwdPage } from './man/passwd.ts';
import { mdoc } from './man/roff.ts';
import { spoolPage } from './man/spool.ts';

export function manualPages(): ReadonlyMap<string, string> {
  const all = [...CLIENT_IDS.map(clientPage), checkPage(), passwdPage(), spoolPage()];
  return new Map(all.map((page) => [`${page.name}.1`, mdoc(page)]));
}

export const pageOf = (program: ProgramId): Page => (program === 'check' ? checkPage() : clientPage(program));
