/**
 * How tssub starts, and tsrr and tscheck, which share most of its code. In one file the three of them take a third of the space in the
 * package; the files of the other two only put in their name (scripts/build.mjs).
 */
import { readFormat } from '../cli/values/format.ts';
import { rr } from '../commands/rr/requester.ts';
import { sub } from '../commands/sub/subscriber.ts';
import { dialer } from '../net/dial.ts';
import { runCheck } from './check-main.ts';
import { run } from './client-main.ts';
import { start } from './main.ts';

const STARTS: Readonly<Record<string, () => Promise<void>>> = {
  tssub: () => run('sub', sub, readFormat),
  tsrr: () => run('rr', rr, readFormat),
  tscheck: () => start('tscheck', (io, self) => runCheck({ ...io, dialer }, self)),
};

/** The name of the program that is started, where it is not tssub. */
declare global {
  var tsmosqProgram: string | undefined;
}

void STARTS[globalThis.tsmosqProgram ?? 'tssub']!();
