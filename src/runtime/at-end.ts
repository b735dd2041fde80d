/** What has to be put right before the process ends: terminals without echo, and calls in the thread pool that nobody can stop. */

/** Things that outlive the process, and are put right before a signal ends it: Node does that only at an exit. */
const pending = new Set<() => void>();

/** `restore` must not wait for anything. Returns the way to take it back. */
export function atEnd(restore: () => void): () => void {
  pending.add(restore);
  return () => void pending.delete(restore);
}

export function restoreAll(): void {
  for (const restore of pending) restore();
  pending.clear();
}

let hasTyped = false;

/** Ctrl-C was typed at a prompt, where the terminal makes no signal of it. */
export function typedInterrupt(): void {
  hasTyped = true;
}

export const wasInterruptTyped = (): boolean => hasTyped;

/**
 * Calls in the thread pool whose end depends on others: on a device, a pipe, a file system. The exit of Node waits for
 * them, so entry/end.ts asks whether there are any.
 */
let underWay = 0;

/** To be called when such a call begins; what it returns, when it ends. */
export function inPool(): () => void {
  underWay++;
  return () => {
    underWay--;
  };
}

export const poolIsBusy = (): boolean => underWay > 0;
