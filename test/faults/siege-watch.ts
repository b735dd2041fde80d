// A program under siege: what it prints and how large it gets, whether it ends in time, and whether one SIGTERM ends it.
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { whatItDoes } from '../support/process-dump.ts';
import { nameOf, type SiegeLog } from './siege-log.ts';
import type { Plan } from './siege-plan.ts';
import { connectSeconds, KEEP_ALIVE_SECONDS } from './siege-programs.ts';

/** What a busy machine may add to each limit. */
const MARGIN = 8000;
/** Milliseconds for messages in flight, the reader and the broker after a signal or -W. */
const ENDING = 2000;
/** SIGTERM has to end it within this. */
const TERM_LIMIT = ENDING + 4000;
/** A program that no limit applies to is asked to end then. */
const PATIENCE = { short: 2500, long: 2 * KEEP_ALIVE_SECONDS * 1000 + MARGIN } as const;
const LOOK_EVERY = 50;
const MOST_STDERR = 1_000_000;

/** Lines of standard output, of any length; only their beginnings are kept. */
export class Printed {
  readonly names = new Set<string>();
  /** Whole lines, for the programs that print few. */
  lines = 0;
  floods = 0;
  readonly spoken: string[] = [];
  #part = '';

  take(chunk: Buffer): void {
    let at = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, at)) {
      this.#line(this.#part + chunk.toString('latin1', at, Math.min(end, at + 100)));
      this.#part = '';
      at = end + 1;
    }
    if (this.#part.length < 100) this.#part += chunk.toString('latin1', at, at + 100);
  }

  #line(line: string): void {
    this.lines++;
    if (line.startsWith('flood') || line.startsWith('message flood')) this.floods++;
    else if (this.spoken.length < 200) {
      this.spoken.push(line);
      this.names.add(nameOf(Buffer.from(line.replace(/^message /, ''))));
    }
  }
}

export interface Watched {
  readonly printed: Printed;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Kilobytes, at the largest. */
  readonly peak: number;
  readonly milliseconds: number;
  /** It was asked to end. */
  readonly terminated: boolean;
  /** Which limit it did not keep. */
  readonly late: string | undefined;
  /** What it was about when SIGTERM had not ended it. */
  readonly stubborn: string | undefined;
}

/** Watches a program until it has ended. */
export function watch(child: ChildProcess, plan: Plan, log: SiegeLog): Promise<Watched> {
  const started = Date.now();
  const printed = new Printed();
  let stderr = '';
  let peak = 0;
  let termAt: number | undefined;
  let late: string | undefined;
  let stubborn: string | undefined;
  child.stdout!.on('data', (chunk: Buffer) => printed.take(chunk));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < MOST_STDERR) stderr += text;
  });
  const terminate = (): void => {
    termAt = Date.now();
    child.kill('SIGTERM');
  };
  const connected = (): number => log.connections[0]?.since ?? started + connectSeconds(plan) * 1000;
  const look = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid!));
    const now = Date.now();
    if (termAt !== undefined) {
      if (now - termAt > TERM_LIMIT && stubborn === undefined) {
        stubborn = whatItDoes(child);
        child.kill('SIGKILL');
      }
    } else if (
      plan.signal !== undefined &&
      now >= plan.signal.after + (plan.signal.since === 'start' ? started : connected())
    ) {
      if (plan.signal.name === 'SIGTERM') terminate();
      else {
        termAt = now;
        child.kill('SIGKILL');
      }
    } else {
      const { over, by } = limitOf(plan, log, started);
      if (now <= by) return;
      if (over !== undefined) late = `${over}, and it was still running after ${now - started} ms`;
      terminate();
    }
  }, LOOK_EVERY);
  return new Promise((resolve) => {
    child.once('close', (status, signal) => {
      clearInterval(look);
      const milliseconds = Date.now() - started;
      const terminated = termAt !== undefined;
      resolve({ printed, stderr, status, signal, peak, milliseconds, terminated, late, stubborn });
    });
  });
}

/** By when it is to have ended, and what that limit is called; without a name it may go on, and is asked to end. */
function limitOf(plan: Plan, log: SiegeLog, started: number): { over?: string; by: number } {
  if (plan.seconds !== undefined)
    return { over: `-W ${plan.seconds}`, by: started + plan.seconds * 1000 + ENDING + MARGIN };
  const last = log.connections.at(-1);
  if (log.connections.length <= 1 && last?.accepted !== true)
    return { over: 'the broker never let it in', by: started + connectSeconds(plan) * 1000 + MARGIN };
  if (plan.patient && last?.isDead === true && last.closedAt === undefined)
    return { over: 'the connection was silent', by: last.lastLife + 2 * KEEP_ALIVE_SECONDS * 1000 + MARGIN };
  return { by: (log.connections[0]?.since ?? started) + (plan.patient ? PATIENCE.long : PATIENCE.short) };
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The processes that have this in their environment. */
export function processesWith(variable: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable);
    } catch {
      return false;
    }
  });
}
