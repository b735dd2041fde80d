/** check(), the health checks for programs, with the embedded broker. Covers src/net/handshake.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckRequest } from '../../src/library/check-options.ts';
import { check, connect } from '../../src/library/library.ts';
import { startAedes } from '../support/aedes.ts';
import { freePort } from '../support/tmp.ts';

const VERSION = { version: 4 } as const;

describe('check()', () => {
  let port: number;
  beforeAll(async () => {
    ({ port } = await startAedes());
    const client = await connect({ port, ...VERSION });
    await client.publish('room/temp', '{"t":21.5}', { qos: 1, retain: true });
    await client.end();
  });

  it.each<[CheckRequest, string, RegExp]>([
    [{ check: 'up' }, 'OK', /^the broker accepted the connection/],
    [{ check: 'roundtrip', qos: 1 }, 'OK', /^a message at QoS 1 came back/],
    [{ check: 'value', topics: ['room/temp'], path: '.t', warn: '20:22' }, 'OK', /^'room\/temp' is 21\.5$/],
    [{ check: 'value', topics: ['room/temp'], path: '.t', critical: 20 }, 'CRITICAL', /, above 20$/],
    [
      { check: 'fresh', topics: ['room/#'], olderThan: 50, listen: 100 },
      'CRITICAL',
      /^1 of 1 topic is silent: room\/temp/,
    ],
    [{ check: 'limits' }, 'UNKNOWN', /^only a broker of MQTT 5/],
  ])('%j is %s', async (request, status, text) => {
    expect(await check(request, { port, ...VERSION })).toMatchObject({ status, text: expect.stringMatching(text) });
  });

  it('resolves with CRITICAL when the broker is down', async () => {
    expect(await check({ check: 'up' }, { port: await freePort(), host: '127.0.0.1' })).toMatchObject({
      status: 'CRITICAL',
      text: 'Connection refused',
    });
  });

  it.each<[CheckRequest, string]>([
    [{ check: 'cert' }, 'The check cert needs tls'],
    [{ check: 'up', warn: '2:1' }, 'Not a range: "2:1"'],
    [{ check: 'value', topics: ['a'], path: 'x' }, 'Not a JSON path: "x"'],
    [{ check: 'limits', require: ['x'] }, 'Not a requirement: "x"'],
    [{ check: 'other' } as unknown as CheckRequest, 'Unknown check: "other"'],
  ])('%j rejects', async (request, message) => {
    await expect(check(request, { port, ...VERSION })).rejects.toMatchObject({ kind: 'invalid-input', message });
  });

  it('rejects with the reason of the signal', async () => {
    const gone = new AbortController();
    const running = check(
      { check: 'fresh', topics: ['x'], olderThan: 60_000 },
      { port, ...VERSION, signal: gone.signal },
    );
    setTimeout(() => gone.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
  });
});
