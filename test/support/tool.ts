// Tests that need a program which may be missing.
import { describe, test } from 'vitest';
import { findProgram } from './mosquitto.ts';

/** describe() for tests that run `tool`: skipped, with the reason, if it is missing, but failing under CI. */
export function describeWith(tool: string, name: string, body: (path: string) => void): void {
  const path = findProgram(tool);
  if (path) {
    describe(name, () => body(path));
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      test(`needs ${tool}`, () => {
        throw new Error(`${tool} was not found, and CI=true demands it`);
      });
    });
  } else {
    console.warn(`SKIPPED: ${name}: ${tool} was not found`);
    describe.skip(name, () => {
      test(`needs ${tool}`, () => {});
    });
  }
}
