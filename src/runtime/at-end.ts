/** What must be restored or waited for before the process ends: terminals without echo, and calls in the thread pool. */

/** Restores state that outlives the process before a signal ends it, because Node restores it only at an exit. */
const pending = new Set<() => void>();

/** Registers `restore`, which must not wait. Returns a function that unregisters it. */
export function atEnd(restore: () => void): () => void {
  pending.add(restore);
  return () => void pending.delete(restore);
}

export function restoreAll(): void {
  for (const restore of pending) restore();
  pending.clear();
}

let hasTyped = false;

/** Ctrl-C was typed at a prompt, where the terminal does not turn it into a signal. */
export function typedInterrupt(): void {
  hasTyped = true;
}

export const wasInterruptTyped = (): boolean => hasTyped;

/**
 * Calls in the thread pool that wait for a device, a pipe or a file system. Node's exit waits for them, so entry/end.ts
 * checks for them.
 */
let underWay = 0;

/** Call this when such a call begins; call the returned function when it ends. */
export function inPool(): () => void {
  underWay++;
  return () => {
    underWay--;
  };
}

export const poolIsBusy = (): boolean => underWay > 0;
