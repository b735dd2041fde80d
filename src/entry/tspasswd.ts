/** The root of tspasswd. It has a small grammar of its own and no broker to talk to, so it shares no root with the clients. */
import { readPasswdWords } from '../cli/passwd/parse.ts';
import { passwd } from '../commands/passwd.ts';
import { terminalIo } from '../commands/terminal-io.ts';
import { Failure } from '../errors.ts';
import { systemFiles } from '../runtime/files.ts';
import { systemAccount, systemProcesses } from '../runtime/processes.ts';
import { systemIo } from '../runtime/system.ts';
import { openTerminal } from '../runtime/terminal.ts';

/** Put in by scripts/build.mjs, from package.json. */
declare const TSMOSQ_VERSION: string;

/** EX_SOFTWARE of sysexits.h. */
const BUG = 70;

async function main(): Promise<void> {
  const io = await terminalIo(systemIo(), 'auto');
  const bug = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`Error: Internal error in tspasswd ${TSMOSQ_VERSION}: ${message}. Please report it.\n`);
    process.exit(BUG);
  };
  process.on('uncaughtException', bug);
  try {
    const raw = io.argv.some((word) => word.includes('\ufffd')) ? io.rawArgv() : undefined;
    const bun = process.versions['bun'];
    const runtime = bun === undefined ? `Node.js ${process.versions.node}` : `Bun ${bun}`;
    const plan = readPasswdWords({ argv: io.argv, raw, version: TSMOSQ_VERSION, runtime });
    const surroundings = {
      fs: systemFiles,
      processes: systemProcesses,
      account: systemAccount,
      terminal: openTerminal,
    };
    process.exit(await passwd(plan, { ...io, ...surroundings }));
  } catch (error) {
    if (!(error instanceof Failure)) return bug(error);
    io.stderr(`Error: ${error.message}\n`);
    process.exit(error.status);
  }
}

void main();
