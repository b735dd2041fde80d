// Undoes what a test support function has set up: at the end of the test that called it, or else of the file.
import { onTestFinished, TestRunner } from 'vitest';

/** Receives whether the test has failed, if that is known. */
type Undo = (failed: boolean) => unknown;

const ofFile: Undo[] = [];
const atExit = new Set<() => void>();
let listens = false;

/** For the set-up of every test file: hooks run in reverse order, so this runs last in the file. */
export async function undoFile(): Promise<void> {
  const problems: unknown[] = [];
  for (let undo = ofFile.pop(); undo; undo = ofFile.pop()) {
    try {
      await undo(false);
    } catch (problem) {
      problems.push(problem);
    }
  }
  if (problems.length > 0) throw problems[0];
}

/**
 * Runs `undo` when the current test has ended. Called from beforeAll, from a concurrent test or with the scope 'file',
 * runs it at the end of the file.
 */
export function cleanUp(undo: Undo, scope: 'test' | 'file' = 'test'): void {
  const test = TestRunner.getCurrentTest();
  // With concurrent tests, the current test may not be the caller's.
  if (scope === 'test' && test && !test.concurrent)
    onTestFinished(async ({ task }) => void (await undo(task.result?.state === 'fail')));
  else ofFile.push(undo);
}

/** Also runs `undo` if the process ends before the clean-up; returns the function that cancels it. */
export function cleanUpAtExit(undo: () => void): () => void {
  if (!listens) process.once('exit', runAtExit);
  listens = true;
  atExit.add(undo);
  return () => void atExit.delete(undo);
}

function runAtExit(): void {
  for (const undo of atExit) undo();
}
