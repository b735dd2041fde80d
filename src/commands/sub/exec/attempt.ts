/** One attempt to run one command: passes its output on in whole lines, and ends it by force after its time. */

import type { Child, ChildRequest, StartChild } from '../../../runtime/children.ts';
import type { Clock } from '../../../runtime/io.ts';
import type { Millis } from '../../../util/millis.ts';
import { WholeLines } from './whole-lines.ts';

/** Time from SIGTERM to SIGKILL, and from SIGKILL until the wait is given up. */
const GRACE: Millis = 5000;
/** How long background processes of the command may hold its output before the command counts as ended. */
const LINGER: Millis = 1000;

export interface AttemptContext {
  readonly start: StartChild;
  readonly clock: Clock;
  /** Milliseconds; undefined for no limit. */
  readonly timeout: Millis | undefined;
  stdout(lines: Uint8Array): void;
  stderr(lines: Uint8Array): void;
}

export interface Attempt {
  /** Resolves with undefined when the command succeeded, else with the problem. */
  readonly outcome: Promise<string | undefined>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  setReading(reading: boolean): void;
}

export function startAttempt(
  request: ChildRequest,
  { start, clock, timeout, stdout, stderr }: AttemptContext,
): Attempt {
  const lines = [new WholeLines(stdout), new WholeLines(stderr)] as const;
  let late: string | undefined;
  let alarm = (): void => {};
  let settle = (_problem: string | undefined): void => {};
  const outcome = new Promise<string | undefined>((resolve) => {
    settle = resolve;
  });
  /** The last line may lack its newline, whichever process still holds the output. */
  const end = (problem: string | undefined): void => {
    for (const each of lines) each.finish();
    settle(problem);
  };
  /** Only one alarm exists at a time: a new one replaces the one before. */
  const after = (wait: Millis, callback: () => void): void => {
    alarm();
    alarm = clock.callAt(clock.now() + wait, callback);
  };
  let reading = true;
  /** Set after the command has ended. Its output may then wait for this program, or for a reader, which is not lingering. */
  let linger: (() => void) | undefined;
  const child: Child = start(request, {
    stdout: (bytes) => lines[0].add(bytes),
    stderr: (bytes) => lines[1].add(bytes),
    exited: (problem) => {
      // After the time limit the whole process group has to end, so the alarm stays set.
      if (late !== undefined) return;
      alarm();
      linger = () => after(LINGER, () => end(problem));
      if (reading) linger();
    },
    closed: (problem) => {
      alarm();
      linger = undefined;
      end(late ?? problem);
    },
  });
  if (timeout !== undefined) {
    after(timeout, () => {
      late = `still running after ${timeout / 1000} s`;
      child.signal('SIGTERM');
      after(GRACE, () => {
        child.signal('SIGKILL');
        // Only a process that has left the group can still hold the output.
        after(GRACE, () => end(late));
      });
    });
  }
  return {
    outcome,
    signal: (name) => child.signal(name),
    setReading: (on) => {
      child.setReading(on);
      if (on === reading) return;
      reading = on;
      if (linger === undefined) return;
      if (on) linger();
      else alarm();
    },
  };
}
