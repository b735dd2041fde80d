/** What outlives the process, and has to be put right before a signal ends it: Node does that only at an exit. */
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
