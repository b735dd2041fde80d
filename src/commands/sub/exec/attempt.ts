/** One attempt of one command: what it writes goes on in whole lines, and it ends, by force when its time is over. */

import type { Child, ChildRequest, StartChild } from '../../../runtime/children.ts';
import type { Clock } from '../../../runtime/io.ts';
import type { Millis } from '../../../util/millis.ts';
import { WholeLines } from './whole-lines.ts';

/** From SIGTERM to SIGKILL, and from there until nobody is waited for. */
const GRACE: Millis = 5000;
/** How long what the command left running may hold its output before the command counts as ended. */
const LINGER: Millis = 1000;

export interface AttemptContext {
  readonly start: StartChild;
  readonly clock: Clock;
  /** Milliseconds; undefined: as long as it likes. */
  readonly timeout: Millis | undefined;
  stdout(lines: Uint8Array): void;
  stderr(lines: Uint8Array): void;
}

export interface Attempt {
  /** Undefined when the command did what it had to, else what is wrong. */
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
  /** What was written last need not have had a line end, whoever still holds the output. */
  const end = (problem: string | undefined): void => {
    for (const each of lines) each.finish();
    settle(problem);
  };
  /** One alarm at a time: the next takes the place of the one before. */
  const after = (wait: Millis, callback: () => void): void => {
    alarm();
    alarm = clock.callAt(clock.now() + wait, callback);
  };
  let reading = true;
  /** Set once the command has ended. What it wrote before may wait for us, and we for a reader: that is no lingering. */
  let linger: (() => void) | undefined;
  const child: Child = start(request, {
    stdout: (bytes) => lines[0].add(bytes),
    stderr: (bytes) => lines[1].add(bytes),
    exited: (problem) => {
      // After its time the whole group has to go, so the alarm stays set.
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
      late = `no end after ${timeout / 1000} s`;
      child.signal('SIGTERM');
      after(GRACE, () => {
        child.signal('SIGKILL');
        // Only what has left the group can still hold the output.
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
