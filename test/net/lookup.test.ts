/**
 * Covers src/net/lookup-apart.ts.
 */
import { lookup } from 'node:dns/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { lookUp } from '../../src/net/lookup.ts';
import type { LookUpApart } from '../../src/net/lookup-apart.ts';
import { lookUpApart } from '../../src/net/lookup-apart.ts';

/** It is in /etc/hosts. */
const NEAR = 'localhost';
const ANY = { family: 0, order: 'verbatim', all: true } as const;
const UNHEARD: LookUpApart = () => Promise.reject(new Error('a process was started'));

const never = (): AbortSignal => new AbortController().signal;

describe('lookUp()', () => {
  it('gives what the lookup of the system gives, and starts no process for a name that is near', async () => {
    const all = await new Promise((resolve, reject) => {
      const done = (error: Error | null, found: unknown): void => (error ? reject(error) : resolve(found));
      lookUp(NEAR, { all: true }, done, never(), UNHEARD);
    });
    expect(all).toEqual(await lookup(NEAR, { all: true }));
    const first = await new Promise((resolve) => {
      lookUp(NEAR, { family: 4 }, (...said) => resolve(said), never(), UNHEARD);
    });
    expect(first).toEqual([null, '127.0.0.1', 4]);
  });

  it('says nothing more after it was given up', async () => {
    const given = new AbortController();
    let calls = 0;
    given.abort();
    lookUp(NEAR, { all: true }, () => calls++, given.signal, UNHEARD);
    await lookup(NEAR);
    expect(calls).toBe(0);
  });
});

describe('lookUpApart()', () => {
  const { execPath } = process;
  afterEach(() => {
    process.execPath = execPath;
  });

  it('finds what the lookup of the system finds', async () => {
    expect(await lookUpApart(NEAR, ANY, never())).toEqual(await lookup(NEAR, { all: true }));
  });

  it('fails as the lookup of the system fails', async () => {
    const said = await lookup('a..b', { all: true }).catch((error: unknown) => error);
    await expect(lookUpApart('a..b', ANY, never())).rejects.toEqual(said);
    await expect(lookUpApart('a..b', ANY, never())).rejects.toMatchObject({
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
  });

  it.each(['/nonexistent/node', '/bin/true'])(
    'leaves the lookup to others where %s is in the place of Node',
    async (path) => {
      process.execPath = path;
      expect(await lookUpApart(NEAR, ANY, never())).toBeUndefined();
    },
  );
});
