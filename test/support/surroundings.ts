// What locks and spools stand on: the real thing.
import { systemClock } from '../../src/runtime/clock.ts';
import { systemFiles } from '../../src/runtime/files.ts';
import { systemProcesses } from '../../src/runtime/processes.ts';

export const realSurroundings = {
  fs: systemFiles,
  processes: systemProcesses,
  clock: systemClock,
  random: Math.random,
  now: Date.now,
};
