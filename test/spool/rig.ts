/** A spool in memory, and small ways to fill and read it. */
import type { Draft } from '../../src/spool/append.ts';
import type { SpoolSystem } from '../../src/spool/folder.ts';
import { Spool, type SpoolOptions } from '../../src/spool/spool.ts';
import { MemoryFiles } from './memory-files.ts';

export interface Rig {
  readonly files: MemoryFiles;
  readonly reports: string[];
  open(options?: Partial<SpoolOptions>): Spool;
}

export function rig(around: Partial<SpoolSystem> = {}): Rig {
  const files = new MemoryFiles('/spool');
  const reports: string[] = [];
  let pid = 0;
  return {
    files,
    reports,
    open(options = {}) {
      const self = { pid: ++pid, start: '', place: 'here' };
      const surroundings: SpoolSystem = {
        fs: files.fs,
        processes: { self: () => self, alive: () => true },
        clock: {
          now: () => files.now,
          callAt: (at, callback) => {
            files.now = Math.max(files.now, at);
            callback();
            return () => {};
          },
        },
        random: () => 0.5,
        now: () => files.now,
        user: 0,
        report: (line) => void reports.push(line),
        ...around,
      };
      return new Spool('/spool', surroundings, { make: true, ...options });
    },
  };
}

export const draft = (payload: string | Buffer, more: Partial<Draft> = {}): Draft => ({
  topic: 'a/b',
  payload: Buffer.from(payload as string),
  qos: 2,
  retain: false,
  properties: [],
  ...more,
});

/** The payloads that a new sender finds, in order. */
export async function waiting(spool: Spool): Promise<string[]> {
  const sender = (await spool.sender())!;
  const found = sender.recovery.flights.map(({ message }) => String(message.payload));
  for (let message = sender.next(); message !== undefined; message = sender.next()) found.push(String(message.payload));
  await sender.close();
  return found;
}
