/** What the end of the process has to know. */

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
