// One session of a siege: a program against its broker, and what the laws say of it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnv, commandLine } from '../support/run.ts';
import { SiegeBroker } from './siege-broker.ts';
import type { Session } from './siege-laws.ts';
import type { Plan } from './siege-plan.ts';
import { invocation, leftInSpool, type Place, placeIn, prepare, textsOf } from './siege-programs.ts';
import { processesWith, watch } from './siege-watch.ts';

export interface Camp {
  /** A folder for those of the sessions. */
  readonly folder: string;
  readonly tls: { readonly ca: string; readonly cert: Buffer; readonly key: Buffer };
}

/** Names that a session may leave in its folder. */
const KNOWN = new Set(['scratch', 'handled', 'spool', 'file']);
const SPOOL_RUBBISH = /lock|\.tmp|\.part/;

/**
 * Megabytes that V8 lets garbage take before it looks: what Node 20 has on its own. Node 24 allows four times as many
 * on a machine with this much memory, which would not be growth of the program.
 */
const YOUNG = { NODE_OPTIONS: '--max-semi-space-size=16' };

export async function runSession(plan: Plan, camp: Camp, baseline: number): Promise<Session> {
  const place = placeIn(mkdtempSync(join(camp.folder, `${plan.number}-`)));
  const broker = new SiegeBroker(plan, textsOf(plan), plan.tls ? camp.tls : undefined);
  const marker = `SIEGE_SESSION=${place.folder}`;
  try {
    const port = await broker.listen();
    await prepare(plan, place);
    const { program, args, stdin } = invocation(plan, port, plan.tls ? camp.tls.ca : undefined, place);
    const [file, ...words] = commandLine(program, args);
    const child = spawn(file, words, {
      cwd: place.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: childEnv({ TMPDIR: place.scratch, SIEGE_HANDLED: place.handled, SIEGE_SESSION: place.folder, ...YOUNG }),
    });
    child.stdin.on('error', () => {}).end(stdin ?? '');
    const watched = await watch(child, plan, broker.log);
    if (watched.stderr.includes("--help' to see usage"))
      throw new Error(`a wrong command line: ${args.join(' ')}: ${watched.stderr}`);
    await whatIsStillRead(broker);
    broker.close();
    const handled = existsSync(place.handled) ? readFileSync(place.handled, 'latin1').split('\n').slice(0, -1) : [];
    const leftovers = [...(await processesLeft(marker)), ...filesLeft(place)];
    const left = await leftInSpool(plan, place);
    return { ...watched, plan, log: broker.log, handled, left, leftovers, baseline };
  } finally {
    broker.close();
    for (const pid of processesWith(marker)) process.kill(pid, 'SIGKILL');
    rmSync(place.folder, { recursive: true, force: true });
  }
}

/** A broker that reads still does: acknowledgements on their way count. */
async function whatIsStillRead(broker: SiegeBroker): Promise<void> {
  for (let look = 0; look < 6 && broker.openConnections > 0; look++) await sleep(20);
}

async function processesLeft(marker: string): Promise<string[]> {
  let pids = processesWith(marker);
  for (let look = 0; pids.length > 0 && look < 40; look++) {
    await sleep(50);
    pids = processesWith(marker);
  }
  return pids.map((pid) => `process ${pid}: ${commandOf(pid)}`);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return 'gone';
  }
}

function filesLeft({ folder, scratch, spool }: Place): string[] {
  const strange = readdirSync(folder).filter((name) => !KNOWN.has(name));
  const rubbish = existsSync(spool) ? readdirSync(spool).filter((name) => SPOOL_RUBBISH.test(name)) : [];
  return [...strange, ...rubbish, ...readdirSync(scratch)].map((name) => `file ${name}`);
}
