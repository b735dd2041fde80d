/**
 * How code listens to an AbortSignal. This type has only the members in use: AbortSignal itself is declared only in the
 * types of the DOM and of Node, which the types of the library do not need.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * The callbacks for one AbortSignal. They share one listener, because a program may pass the same signal to many calls,
 * and Node warns of more than ten listeners. The listener is removed after the last callback.
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

/** Calls `callback` when the signal, which is not aborted yet, is aborted. Returns a function that removes the callback. */
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
