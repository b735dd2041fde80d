// The system that locks and spools use in tests: the real one.
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
