/** What an option does, in two to five sentences: for the manual pages and for `--help OPTION`. Loaded on request. */
import type { Option } from '../options/option.ts';
import type { ProgramId } from '../programs.ts';
import { CHECKING } from './about/checking.ts';
import { CONNECTION } from './about/connection.ts';
import { EXEC } from './about/exec.ts';
import { MISC } from './about/misc.ts';
import { MQTT5 } from './about/mqtt5.ts';
import { OUTPUT } from './about/output.ts';
import { PUBLISHING } from './about/publishing.ts';
import { SESSION } from './about/session.ts';
import { SPOOL } from './about/spool.ts';
import { SUBSCRIBING } from './about/subscribing.ts';
import { TLS } from './about/tls.ts';
import { TRANSPORT } from './about/transport.ts';
import { WILL } from './about/will.ts';

/** `*x*` is typed literally, `_X_` is a placeholder. By program for an option that differs between them. */
export type About = string | Partial<Readonly<Record<ProgramId, string>>>;

/** By the first name of the option; the files have the names of those in `options/`. */
export const ABOUT: Readonly<Record<string, About>> = {
  ...CONNECTION,
  ...TRANSPORT,
  ...SESSION,
  ...PUBLISHING,
  ...SPOOL,
  ...SUBSCRIBING,
  ...EXEC,
  ...OUTPUT,
  ...WILL,
  ...MQTT5,
  ...TLS,
  ...MISC,
};

/** Texts of tscheck, of its own options and of those that mean something else in it. */
const CHECKING_ABOUT: Readonly<Record<string, string>> = CHECKING;

export function aboutOf(program: ProgramId, option: Option): string {
  const name = option.names[0];
  const about = (program === 'check' ? CHECKING_ABOUT[name] : undefined) ?? ABOUT[name];
  return (typeof about === 'object' ? about[program] : about) ?? `${option.help}.`;
}
