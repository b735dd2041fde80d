/** One attempt of one command: what it writes goes on in whole lines, and it ends, by force when its time is over. */
import type { Child, ChildRequest, StartChild } from '../runtime/children.ts';
import type { Clock, Millis } from '../runtime/io.ts';
import { WholeLines } from './exec-lines.ts';

/** From SIGTERM to SIGKILL, and from there until nobody is waited for. */
const GRACE: Millis = 5000;
/** How long what the command left running may hold its output before the command counts as ended. */
const LINGER: Millis = 1000;

export interface RunContext {
  readonly start: StartChild;
  readonly clock: Clock;
  /** Milliseconds; undefined: as long as it likes. */
  readonly timeout: Millis | undefined;
  stdout(lines: Uint8Array): void;
  stderr(lines: Uint8Array): void;
}

export interface Run {
  /** Undefined when the command did what it had to, else what is wrong. */
  readonly outcome: Promise<string | undefined>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  setReading(reading: boolean): void;
}

export function runCommand(request: ChildRequest, { start, clock, timeout, stdout, stderr }: RunContext): Run {
  const lines = [new WholeLines(stdout), new WholeLines(stderr)] as const;
  let late: string | undefined;
  let alarm = (): void => {};
  let end = (_problem: string | undefined): void => {};
  const outcome = new Promise<string | undefined>((resolve) => {
    end = resolve;
  });
  /** One alarm at a time: the next takes the place of the one before. */
  const after = (wait: Millis, callback: () => void): void => {
    alarm();
    alarm = clock.callAt(clock.now() + wait, callback);
  };
  const child: Child = start(request, {
    stdout: (bytes) => lines[0].add(bytes),
    stderr: (bytes) => lines[1].add(bytes),
    exited: (problem) => {
      // After its time the whole group has to go, so the alarm stays set.
      if (late === undefined) after(LINGER, () => end(problem));
    },
    closed: (problem) => {
      alarm();
      for (const each of lines) each.finish();
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
  return { outcome, signal: (name) => child.signal(name), setReading: (reading) => child.setReading(reading) };
}
