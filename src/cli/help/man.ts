/** All manual pages: the name and the content of each file. `npm run man` writes them to man/. */
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { clientPage } from './man/client.ts';
import { passwdPage } from './man/passwd.ts';
import { spoolPage } from './man/spool.ts';

export function manualPages(): ReadonlyMap<string, string> {
  const clients = (Object.keys(PROGRAMS) as ProgramId[]).map(
    (program) => [`${PROGRAMS[program].name}.1`, clientPage(program)] as const,
  );
  return new Map([...clients, ['tspasswd.1', passwdPage()], ['tsspool.1', spoolPage()]]);
}
