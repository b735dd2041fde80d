// The shared life of a program: what it says, what ends it, and with which exit status.
import { describe, expect, it } from 'vitest';
import { Run } from '../../src/commands/run.ts';
import { Failure } from '../../src/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

function rig(quiet = false) {
  const clock = new VirtualClock();
  const listeners = new Map<string, () => void>();
  let stderr = '';
  const run = new Run(
    { quiet },
    {
      clock,
      stderr: (text) => {
        stderr += String(text);
      },
      onSignal: (name, callback) => {
        listeners.set(name, callback);
        return () => {};
      },
    },
  );
  const status = (): Promise<number | 'running'> => Promise.race([run.over, Promise.resolve('running' as const)]);
  return { run, clock, listeners, status, stderr: () => stderr, signal: (name: string) => listeners.get(name)?.() };
}

describe('the exit status', () => {
  it('is 0 when nothing went wrong, and the one given at the end where there is one', async () => {
    const [one, other] = [rig(), rig()];
    one.run.end();
    expect(await one.status()).toBe(0);
    other.run.status = 27;
    other.run.end(130);
    expect(await other.status()).toBe(130);
  });

  it('is there only at the end, and does not change afterwards', async () => {
    const { run, status } = rig();
    run.status = 5;
    expect(await status()).toBe('running');
    run.end();
    run.end(1);
    expect(await status()).toBe(5);
  });
});

describe('what is printed', () => {
  it('failed() prints each failure, and the status of the first one stays', () => {
    const { run, stderr } = rig();
    run.failed(new Failure('connection-lost'));
    run.failed(new Failure('invalid-input', { message: 'Line 2' }));
    expect(stderr()).toBe('Error: The connection was lost\nUnable to connect (Line 2).\n');
    expect(run.status).toBe(7);
  });

  it.each([
    [new Failure('refused', { message: 'Not authorized', status: 135 }), 135, 'Connection error: Not authorized\n'],
    [new Failure('lookup', { message: 'no such host' }), 1, 'Unable to connect (no such host).\n'],
    [new Failure('invalid-input', { message: 'Invalid' }), 3, 'Unable to connect (Invalid).\n'],
    [new Failure('connection-lost'), 7, 'Error: The connection was lost\n'],
    [new Failure('file', { message: '', status: 130 }), 130, ''],
  ])('fail() says %s in the words of Mosquitto and returns its status', (failure, status, text) => {
    const { run, stderr } = rig();
    expect(run.fail(failure)).toBe(status);
    expect(stderr()).toBe(text);
    expect(run.status).toBe(0);
  });

  it('fail() throws a mistake of ours again', () => {
    const { run, stderr } = rig();
    const bug = new TypeError('ours');
    expect(() => run.fail(bug)).toThrow(bug);
    expect(stderr()).toBe('');
  });

  it('is nothing with --quiet', () => {
    const { run, stderr } = rig(true);
    run.warn('Warning: heard by nobody\n');
    expect(run.fail(new Failure('timeout'))).toBe(27);
    expect(stderr()).toBe('');
  });
});

describe('a signal', () => {
  it('is the first or a later one, with the status that a shell has for it', () => {
    const { run, signal } = rig();
    const heard: string[] = [];
    run.onSignal(
      (status) => heard.push(`first ${status}`),
      (status) => heard.push(`second ${status}`),
    );
    expect(run.signalStatus).toBe(0);
    signal('SIGTERM');
    signal('SIGINT');
    signal('SIGINT');
    expect(heard).toEqual(['first 143', 'second 130', 'second 130']);
    expect(run.signalStatus).toBe(143);
  });

  it('of a terminal that closes is heard only where something is kept', () => {
    const [kept, other] = [rig(), rig()];
    kept.run.onSignal(undefined, undefined, { hangup: true });
    other.run.onSignal();
    kept.signal('SIGHUP');
    expect(kept.run.signalStatus).toBe(129);
    expect(other.listeners.has('SIGHUP')).toBe(false);
  });

  it('is heard after the end too, so that it does not kill a process that has done all', async () => {
    const { run, signal, status } = rig();
    run.onSignal();
    run.end();
    signal('SIGINT');
    expect(await status()).toBe(0);
  });
});

describe('the time limit', () => {
  it('ends the run once it is over, not before', async () => {
    const { run, clock } = rig();
    let expired = 0;
    run.timeLimit(2000, () => expired++);
    await clock.run(1999);
    expect(expired).toBe(0);
    await clock.run(2000);
    expect(expired).toBe(1);
  });

  it('is the one of alarm(2) too, with no limit of our own', () => {
    const { run, clock, signal } = rig();
    let expired = 0;
    run.timeLimit(undefined, () => expired++);
    expect(clock.size).toBe(0);
    signal('SIGALRM');
    expect(expired).toBe(1);
  });

  it('leaves no timer behind when the run ends sooner', () => {
    const { run, clock } = rig();
    run.timeLimit(2000, () => {});
    run.end();
    expect(clock.size).toBe(0);
  });
});
