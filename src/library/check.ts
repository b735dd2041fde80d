/** `check()`: the health checks of tscheck for programs, with typed results. */
import { Board } from '../check/board.ts';
import { certVerdict } from '../check/checks/cert.ts';
import { type Requirement, readRequirement } from '../check/checks/limits.ts';
import { durationText } from '../check/duration.ts';
import { readJsonPath } from '../check/json-path.ts';
import { readRange, type Thresholds, type ValueRange } from '../check/range.ts';
import { type Verdict, verdict } from '../check/result.ts';
import { type ConnectedSpec, checkFor } from '../check/spec.ts';
import { CRITICAL, STATUS_NAMES } from '../check/status.ts';
import { Client } from '../client/client.ts';
import { retryPolicy } from '../client/reconnect.ts';
import type { Failure } from '../errors.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import { Session } from '../mqtt/session/session.ts';
import type { Dialer } from '../net/dial.ts';
import { handshake } from '../net/handshake.ts';
import { StepClock } from '../net/step-clock.ts';
import type { Clock } from '../runtime/io.ts';
import type { Target } from '../runtime/target.ts';
import type { Millis } from '../util/millis.ts';
import type { CheckLimits, CheckReport, CheckRequest, Limit } from './check-options.ts';
import { invalid } from './validate.ts';

/** What a check needs of its surroundings. */
export interface CheckSystem {
  readonly session: SessionOptions;
  readonly target: Target;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly passphrase: () => Promise<string | undefined>;
  /** Milliseconds since 1970. */
  readonly wallTime: () => number;
  readonly token: () => string;
  readonly timeout: Millis;
  readonly ended: (stop: (reason: unknown) => void) => void;
}

const RETRY_DELAY: Millis = 500;
const LINGER: Millis = 500;

/** Resolves with the report, whatever becomes of the broker. Throws a Failure of the kind invalid-input for a wrong request. */
export async function runCheck(request: CheckRequest, system: CheckSystem): Promise<CheckReport> {
  const outcome =
    request.check === 'cert' ? await certificate(request, system) : await connected(specOf(request), system);
  const { status, text, metrics, details = [] } = outcome;
  return { status: STATUS_NAMES[status], text, metrics, details };
}

async function certificate(
  limits: CheckLimits,
  { target, dialer, clock, passphrase, wallTime, timeout }: CheckSystem,
): Promise<Verdict> {
  if (target.tls === undefined) throw invalid('The check cert needs tls');
  const thresholds = { warn: rangeOf(limits.warn, fewest), critical: rangeOf(limits.critical, fewest) };
  const { done, cancel } = handshake(target, dialer, passphrase);
  let stop = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    stop = clock.callAt(clock.now() + timeout, () => resolve(undefined));
  });
  const shown = await Promise.race([done, late]);
  stop();
  cancel();
  if (shown === undefined) return verdict(CRITICAL, `no TLS handshake, after ${durationText(timeout)}`);
  const { chain, failure } = shown;
  return certVerdict(
    { chain, failure: failure && { message: failure.message, isOurs: false } },
    thresholds,
    wallTime(),
  );
}

function connected(spec: ConnectedSpec, system: CheckSystem): Promise<Verdict> {
  const { session, target, dialer, clock, passphrase, wallTime, token, timeout } = system;
  const wait = spec.kind === 'up' ? spec.wait : 0;
  const limit = Math.max(timeout, wait) + ('listen' in spec ? spec.listen : 0);
  return new Promise((resolve, reject) => {
    const steps = new StepClock(clock);
    let attempts = 1;
    let last: Failure | undefined;
    const retry = wait === 0 ? {} : { count: Number.MAX_SAFE_INTEGER, delay: RETRY_DELAY, maxTime: wait };
    const client = new Client(
      {
        session: new Session(session),
        version: session.version,
        dial: steps.watching(dialer)(target, { step: () => {}, passphrase }),
        clock,
        retry: retryPolicy(retry, 'never', () => 0),
      },
      {
        event: (event) => {
          if (event.type === 'connected') board.connected(event.packet, steps.done('connack'), attempts);
          else board.event(event);
        },
        settled: () => {},
        down: (failure, next) => {
          last = failure;
          attempts++;
          if (next === undefined) board.fail(verdict(CRITICAL, failure.message));
        },
        ended: () => {},
      },
    );
    const board = new Board({
      wire: client,
      clock,
      version: session.version,
      keepAlive: session.keepAlive,
      wallTime,
      token,
      over: () => {
        stop();
        client.end(0, false, LINGER);
      },
    });
    const expire = board.add(checkFor(spec), resolve);
    const silence = (): Verdict => verdict(CRITICAL, `${last?.message ?? 'no CONNACK'}, after ${durationText(limit)}`);
    const stop = clock.callAt(clock.now() + limit, () => expire(silence));
    system.ended((reason) => {
      stop();
      client.abandon();
      reject(reason);
    });
    client.connect();
  });
}

const plain = (limit: number): ValueRange => ({ start: 0, end: limit, inside: false });
const fewest = (limit: number): ValueRange => ({ start: limit, end: Number.POSITIVE_INFINITY, inside: false });

function rangeOf(limit: Limit | undefined, ofNumber: (limit: number) => ValueRange = plain): ValueRange | undefined {
  if (limit === undefined) return undefined;
  const range = typeof limit === 'number' ? ofNumber(limit) : readRange(limit);
  if (range === undefined) throw invalid(`Not a range: "${limit}"`);
  return range;
}

const thresholdsOf = ({ warn, critical }: CheckLimits): Thresholds => ({
  warn: rangeOf(warn),
  critical: rangeOf(critical),
});

function pathOf(path: string | undefined) {
  const read = path === undefined ? undefined : readJsonPath(path);
  if (path !== undefined && read === undefined) throw invalid(`Not a JSON path: "${path}"`);
  return read;
}

function specOf(request: Exclude<CheckRequest, { check: 'cert' }>): ConnectedSpec {
  switch (request.check) {
    case 'up':
      return { kind: 'up', thresholds: thresholdsOf(request), wait: request.wait ?? 0 };
    case 'roundtrip': {
      const { topic, qos = 0 } = request;
      return { kind: 'roundtrip', topic, qos, thresholds: thresholdsOf(request) };
    }
    case 'value': {
      const { topics: filters, qos = 0, path, match, wait = 0 } = request;
      return { kind: 'value', filters, qos, thresholds: thresholdsOf(request), path: pathOf(path), match, wait };
    }
    case 'fresh': {
      const { topics: filters, qos = 0, olderThan, path, min = 1 } = request;
      const listen = request.listen ?? (path === undefined ? olderThan : 0);
      return { kind: 'fresh', filters, qos, olderThan, listen, min, path: pathOf(path) };
    }
    case 'limits':
      return { kind: 'limits', requirements: (request.require ?? []).map(requirementOf) };
    case 'sys':
      return { kind: 'sys', thresholds: figuresOf(request), wait: request.wait ?? 0 };
    default:
      throw invalid(`Unknown check: "${(request as { check: unknown }).check}"`);
  }
}

function requirementOf(text: string): Requirement {
  const requirement = readRequirement(text);
  if (requirement === undefined) throw invalid(`Not a requirement: "${text}"`);
  return requirement;
}

function figuresOf({
  warn = {},
  critical = {},
}: Extract<CheckRequest, { check: 'sys' }>): ReadonlyMap<string, Thresholds> {
  const names = new Set([...Object.keys(warn), ...Object.keys(critical)]);
  return new Map([...names].map((name) => [name, thresholdsOf({ warn: warn[name]!, critical: critical[name]! })]));
}
