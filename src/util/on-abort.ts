/**
 * Many who wait for one AbortSignal, as a program has that hands the same one to everything: Node warns of more than ten
 * listeners. Nothing is left at the signal when nobody waits any more.
 */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const WAITING = new WeakMap<AbortSignal, Waiting>();

function listen(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  signal.addEventListener('abort', listener, { once: true });
  const waiting = { callbacks, listener };
  WAITING.set(signal, waiting);
  return waiting;
}

/** Calls `callback` when the signal is aborted, which it is not yet. What it returns takes that back. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = WAITING.get(signal) ?? listen(signal);
  const own = (): void => callback();
  callbacks.add(own);
  return () => {
    if (!callbacks.delete(own) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    WAITING.delete(signal);
  };
}
