/**
 * An AbortSignal, by what is used of it. The type of that name is declared only where the types of the DOM or of Node are,
 * and the library's types need neither.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Many callbacks of one AbortSignal, as a program has that hands the same one to everything: Node warns of more than ten
 * listeners. Nothing is left at the signal behind the last of them.
 */
interface Listener {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const WAITING = new WeakMap<AbortSignalLike, Listener>();

function listen(signal: AbortSignalLike): Listener {
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
export function onAbort(signal: AbortSignalLike, callback: () => void): () => void {
  const { callbacks, listener } = WAITING.get(signal) ?? listen(signal);
  const own = (): void => callback();
  callbacks.add(own);
  return () => {
    if (!callbacks.delete(own) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    WAITING.delete(signal);
  };
}
