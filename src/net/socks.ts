/** How an open stream to a SOCKS5 proxy becomes one to the broker. Loaded only when needed. */
import { Duplex } from 'node:stream';
import { SocksClient } from 'socks';
import { type Advice, Failure, type FailureKind } from '../errors.ts';
import type { ProxyTarget } from '../runtime/target.ts';
import { SOCKS_SECRET_BYTES } from '../util/byte-limits.ts';
import { type Answer, HANDSHAKE_WAIT, readAnswer, wireHost } from './read-reply.ts';

/** Resolves with the stream to the broker. Rejects with a Failure. */
export async function openSocks(
  lower: Duplex,
  proxy: ProxyTarget,
  destination: { host: string; port: number },
  wait = HANDSHAKE_WAIT,
): Promise<Duplex> {
  for (const secret of [proxy.username, proxy.password])
    if (Buffer.byteLength(secret ?? '') > SOCKS_SECRET_BYTES)
      throw new Failure('proxy', {
        message: `Proxy error: user name or password is over ${SOCKS_SECRET_BYTES} bytes long`,
      });
  const wire = new Wire(lower, proxy.username !== undefined);
  const { host, port, username, password } = proxy;
  const client = new SocksClient({
    command: 'connect',
    existing_socket: wire,
    // readAnswer() must time out before the package does.
    timeout: wait + 1000,
    destination: { host: wireHost(destination.host), port: destination.port },
    proxy: { type: 5, host, port, ...(username !== undefined && { userId: username, password: password ?? '' }) },
  });
  let established = false;
  let refused = false;
  client.on('established', () => {
    established = true;
  });
  client.on('error', () => {
    refused = true;
  });
  client.connect(wire);
  // One byte at a time: the package would otherwise keep, and lose, bytes of the broker that follow the reply.
  const take = (bytes: Buffer): Answer<Duplex> => {
    for (let used = 1; used <= bytes.length; used++) {
      const understood = wire.hear(bytes.subarray(used - 1, used));
      if (established) return { result: lower, used };
      if (refused || !understood) throw refusal(wire, proxy, destination);
    }
    return undefined;
  };
  const silent = (reason: string): Failure => failure('proxy', reason, NO_SOCKS.advice?.('', `${host} port ${port}`));
  try {
    return await readAnswer(lower, take, silent, wait);
  } finally {
    wire.destroy();
  }
}

/** The proxy connection as the package sees it. It records the proxy's replies, because the package does not report them. */
class Wire extends Duplex {
  readonly #lower: Duplex;
  readonly #withUser: boolean;
  /** How many messages were sent: the greeting, user and password if requested, the request. */
  #sent = 0;
  /** The proxy's reply to the last message, as far as received. */
  #heard: number[] = [];
  /** The authentication method that the proxy chose, once known. */
  #method: number | undefined;

  constructor(lower: Duplex, withUser: boolean) {
    super();
    this.#lower = lower;
    this.#withUser = withUser;
  }

  /** Returns false for a refusal that the package would report too late, or not at all. */
  hear(byte: Buffer): boolean {
    this.#heard.push(byte[0] ?? 0);
    if (this.#heard.length === 2) {
      const code = this.#heard[1] ?? 0;
      if (this.#sent === 1) this.#method = code;
      // The package would log in with an empty name to a proxy that requires a name.
      if (this.#sent === 1 && code === WITH_PASSWORD && !this.#withUser) return false;
      // The package would report it only after the proxy has closed the connection.
      if (this.refused.question === 'password' && code !== 0) return false;
    }
    this.emit('data', byte);
    return true;
  }

  /** What the proxy refused, and its code. */
  get refused(): { readonly question: 'method' | 'password' | 'request' | 'no SOCKS5'; readonly code: number } {
    const [version = 0, code = 0] = this.#heard;
    const question =
      this.#sent === 1 ? 'method' : this.#method === WITH_PASSWORD && this.#sent === 2 ? 'password' : 'request';
    // The sub-negotiation has its own version number, which some proxies send incorrectly.
    return { question: version === 5 || question === 'password' ? question : 'no SOCKS5', code };
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#sent++;
    this.#heard = [];
    this.#lower.write(bytes);
    done();
  }
}

const WITH_PASSWORD = 2;

interface Refusal {
  readonly kind: FailureKind;
  readonly reason: string;
  readonly code?: string;
  readonly advice?: (broker: string, proxy: string) => Advice;
}

const ALLOWED = (broker: string): Advice => ({ advice: `Ask the operator of the proxy whether it allows ${broker}.` });
const THERE = (broker: string): Advice => ({ advice: `The proxy cannot reach ${broker}. Check the host and port.` });

/** Replies of RFC 1928, 6. The failure kinds match Mosquitto's. */
const REPLIES: Readonly<Record<number, Refusal>> = {
  1: { kind: 'proxy', reason: 'general failure of the proxy', advice: THERE },
  2: { kind: 'auth', reason: 'the rules of the proxy do not allow the connection', advice: ALLOWED },
  3: { kind: 'not-connected', reason: 'the proxy finds the network unreachable', advice: THERE },
  4: { kind: 'not-connected', reason: 'the proxy finds the host unreachable', advice: THERE },
  5: {
    kind: 'not-connected',
    reason: 'the broker refused the connection from the proxy',
    advice: (broker) => ({ advice: `Nothing listens on ${broker}. Start the broker, or check the host and port.` }),
  },
  6: { kind: 'proxy', reason: 'the proxy received no reply in time', advice: THERE },
  7: { kind: 'proxy', reason: 'the proxy does not support the command CONNECT' },
  8: { kind: 'proxy', reason: 'the proxy does not support this type of address' },
};

const NO_SOCKS: Refusal = {
  kind: 'proxy',
  reason: 'the proxy does not speak SOCKS5',
  advice: (_, proxy) => ({
    advice: `Check that ${proxy} is a SOCKS5 proxy.`,
    remedy: { code: 'proxy-kind', kind: 'http' },
  }),
};

const CREDENTIALS: Advice = {
  advice: 'Check the user name and password of the proxy.',
  remedy: { code: 'proxy-credentials', kind: 'socks5h' },
};

function refusal(wire: Wire, proxy: ProxyTarget, { host, port }: { host: string; port: number }): Failure {
  const { question, code } = wire.refused;
  const verdict = judge(question, code, proxy.username !== undefined);
  const advice = verdict.advice?.(`${host} port ${port}`, `${proxy.host} port ${proxy.port}`);
  return failure(verdict.kind, verdict.reason, advice, verdict.code);
}

function judge(question: Wire['refused']['question'], code: number, withUser: boolean): Refusal {
  switch (question) {
    case 'no SOCKS5':
      return NO_SOCKS;
    case 'method': {
      if (code !== 0xff && !(code === WITH_PASSWORD && !withUser)) return NO_SOCKS;
      const reason = withUser
        ? 'the proxy accepts no connection, with or without a user name and password'
        : 'the proxy requires a user name and password';
      return { kind: 'auth', reason, advice: () => CREDENTIALS };
    }
    case 'password': {
      // Mosquitto reads the status as a reply to the request. The code EAUTH prevents useless retries.
      const reason = 'the proxy rejected the user name or password';
      return { kind: code === 2 ? 'auth' : 'proxy', reason, code: 'EAUTH', advice: () => CREDENTIALS };
    }
    default:
      if (code === 0) return NO_SOCKS;
      return REPLIES[code] ?? { kind: 'invalid-input', reason: `the proxy answered with the unknown code ${code}` };
  }
}

function failure(kind: FailureKind, reason: string, advice: Advice = {}, code?: string): Failure {
  return new Failure(kind, {
    message: `${new Failure(kind).message}: ${reason}`,
    ...advice,
    ...(code !== undefined && { code }),
  });
}
