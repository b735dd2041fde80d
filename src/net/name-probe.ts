/** Whether the DNS servers answer for a name now, asked by a resolver that can be stopped (c-ares). */
import { Resolver } from 'node:dns';
import { onAbort } from '../util/on-abort.ts';

/** The result of one question. `silent`: no conclusive answer, for example an error of the server. */
type ServerAnswer = 'found' | 'none' | 'silent';

/** Milliseconds that each server may take; each is asked once. */
const SERVER_WAIT = 5000;

/** Codes of a name without addresses. `BADNAME`: c-ares does not ask for it at all. */
const NONE = /^(?:ENOTFOUND|ENODATA|EBADNAME)$/;

/**
 * Asks for the names in turn until one exists, as getaddrinfo does. Resolves with false when a question has no
 * conclusive answer, after `patience` milliseconds, and after `giveUp`.
 */
export async function serversAnswer(
  names: readonly string[],
  family: number,
  giveUp: AbortSignal,
  patience: number | undefined,
): Promise<boolean> {
  const resolver = new Resolver({ timeout: SERVER_WAIT, tries: 1 });
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    resolver.cancel();
  };
  const forget = onAbort(giveUp, stop);
  const late = patience === undefined ? undefined : setTimeout(stop, patience);
  try {
    for (const name of names) {
      const asked = [family !== 6 && ask(resolver, name, 4), family !== 4 && ask(resolver, name, 6)];
      const answers = await Promise.all(asked);
      if (stopped || answers.includes('silent')) return false;
      if (answers.includes('found')) return true;
    }
    return true;
  } finally {
    clearTimeout(late);
    forget();
    resolver.cancel();
  }
}

function ask(resolver: Resolver, name: string, family: 4 | 6): Promise<ServerAnswer> {
  return new Promise((resolve) => {
    const heard = (error: NodeJS.ErrnoException | null): void => {
      resolve(error === null ? 'found' : NONE.test(error.code ?? '') ? 'none' : 'silent');
    };
    if (family === 4) resolver.resolve4(name, heard);
    else resolver.resolve6(name, heard);
  });
}
