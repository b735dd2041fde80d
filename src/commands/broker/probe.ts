/**
 * Finds out which protocol a port speaks when it does not speak the expected one. `--explain` uses a separate
 * connection, without user name, password or certificate. Loaded when needed.
 */

import type { Failure } from '../../errors.ts';
import { encodePacket } from '../../mqtt/codec.ts';
import { Writer } from '../../mqtt/writer.ts';
import type { Dialing } from '../../net/byte-stream.ts';
import type { Dialer } from '../../net/dial.ts';
import type { DialStep } from '../../net/dial-trace.ts';
import type { Clock } from '../../runtime/io.ts';
import type { Target } from '../../runtime/target.ts';
import type { Millis } from '../../util/millis.ts';

const PATIENCE: Millis = 3000;
const CONNACK = 0x20;

/** Failures that do not show that the peer speaks TLS. */
const NO_TLS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

export interface Finding extends DialStep {
  /** The hint for the user. */
  readonly advice: string;
}

interface ProbeOptions {
  readonly clock: Clock;
  readonly dialer: Dialer;
}

/** Resolves with undefined when there was nothing to try, or when nothing was found. */
export async function probe(target: Target, failure: Failure, system: ProbeOptions): Promise<Finding | undefined> {
  if (target.unixPath !== undefined || target.webSocket !== undefined) return undefined;
  if (target.tls === undefined) {
    if (failure.kind !== 'connection-lost' && failure.kind !== 'keepalive') return undefined;
    if (!(await speaksTls(target, system))) return undefined;
    return {
      kind: 'tls',
      what: 'Try TLS on the same port',
      outcome: 'it answers',
      failed: false,
      advice: 'This port speaks TLS. Use --cafile FILE or --tls-use-os-certs.',
    };
  }
  if (failure.kind !== 'tls' || !NO_TLS.has(failure.code) || !(await speaksMqtt(target, system))) return undefined;
  return {
    kind: 'mqtt',
    what: 'Try MQTT without TLS on the same port',
    outcome: 'it answers',
    failed: false,
    advice: 'This port speaks plain MQTT. Omit the TLS options, or use the port for TLS (usually 8883).',
  };
}

const ANY_SERVER = { systemCa: true, keyInEngine: false, checkHost: false };

/** Any response to the handshake shows TLS, even when the handshake then fails. */
async function speaksTls(target: Target, { clock, dialer }: ProbeOptions): Promise<boolean> {
  const stream = await within(
    clock,
    (dial) => dial.opened,
    open(dialer, { ...target, tls: ANY_SERVER }, () => {}),
  );
  if (stream === undefined) return false;
  if ('kind' in stream) return stream.kind === 'tls' && !NO_TLS.has(stream.code);
  stream.destroy();
  return true;
}

/** A CONNACK with any code, in response to a client without a client ID, shows MQTT. */
async function speaksMqtt(target: Target, { clock, dialer }: ProbeOptions): Promise<boolean> {
  let heard = (_first: number | undefined): void => {};
  const answer = new Promise<number | undefined>((resolve) => {
    heard = resolve;
  });
  const plain = open(dialer, { ...target, tls: undefined }, (first) => heard(first));
  const first = await within(
    clock,
    async ({ opened }) => {
      const stream = await opened;
      stream.write(emptyConnect());
      const byte = await answer;
      stream.destroy();
      return byte;
    },
    plain,
  );
  return first === CONNACK;
}

function emptyConnect(): Uint8Array {
  const writer = new Writer();
  const nobody = { clientId: '', clean: true, keepAlive: 60, username: undefined, password: undefined };
  encodePacket(writer, { type: 'connect', version: 4, ...nobody, will: undefined, properties: [] }, 4);
  return writer.take()!;
}

function open(dialer: Dialer, target: Target, heard: (first: number | undefined) => void): Dialing {
  const context = { step: () => {}, passphrase: async () => undefined };
  return dialer(
    target,
    context,
  )({
    data: (bytes) => heard(bytes[0]),
    drain: () => {},
    closed: () => heard(undefined),
  });
}

/** Resolves with the outcome or the Failure, or with undefined when the time is over. */
async function within<T>(
  clock: Clock,
  work: (dialing: Dialing) => Promise<T>,
  dialing: Dialing,
): Promise<T | Failure | undefined> {
  let stop = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    stop = clock.callAt(clock.now() + PATIENCE, () => resolve(undefined));
  });
  const outcome = await Promise.race([work(dialing).catch((failure: Failure) => failure), late]);
  stop();
  dialing.cancel();
  return outcome;
}
