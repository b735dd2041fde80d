/** `tspasswd --help man` and `tsspool --help man`: the manual page as plain text. Loaded when it is asked for. */
import { passwdPage } from './man/passwd.ts';
import { pageText } from './man/plain.ts';
import { spoolPage } from './man/spool.ts';
import type { SmallName } from './small-texts.ts';

export const manualText = (program: SmallName): string => pageText(program === 'tsspool' ? spoolPage() : passwdPage());
