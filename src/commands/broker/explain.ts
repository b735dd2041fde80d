/**
 * `--explain`: prints each step towards the broker on a line, and a hint. Without the option, only the hint follows a
 * failure.
 */
import type { CommonPlan } from '../../cli/plan/types.ts';
import type { Failure } from '../../errors.ts';
import { reasonString } from '../../mqtt/properties.ts';
import { connackText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import type { Dialer } from '../../net/dial.ts';
import type { DialStep, DialStepKind } from '../../net/dial-trace.ts';
import type { Io } from '../../runtime/io.ts';
import type { Target } from '../../runtime/target.ts';
import { hintLine } from '../../util/phrases.ts';

/** Hints that name options. */
type AdviceModule = typeof import('../../cli/advice.ts');

/** Loaded after a failure; with `--explain` before the first step, which prints synchronously. */
let words: AdviceModule | undefined;

/** Must resolve before an attempt whose steps are printed. */
export async function loadWords(): Promise<AdviceModule> {
  words ??= await import('../../cli/advice.ts');
  return words;
}

const VERSIONS = { 3: '3.1', 4: '3.1.1', 5: '5' } as const;

interface StepRow {
  readonly kind: DialStepKind;
  readonly isTaken: (target: Target) => boolean;
  readonly what: string;
  /** The hint for a step that times out. */
  readonly silent: (target: Target, words: AdviceModule) => string;
}

/** An IP address needs no name server, and localhost is first tried at its usual address. */
const isAddress = (host: string): boolean => /^[\d.]+$|:|^localhost$/.test(host);

/** The steps in the order in which they happen. */
const STEPS: readonly StepRow[] = [
  {
    kind: 'lookup',
    isTaken: ({ unixPath, proxy, host }) => unixPath === undefined && !isAddress((proxy ?? { host }).host),
    what: 'Look up the name',
    silent: () => 'No DNS server answers. Check the network.',
  },
  {
    kind: 'connect',
    isTaken: () => true,
    what: 'Connect',
    silent: () => 'The host does not answer. Check the address and the firewalls.',
  },
  {
    kind: 'proxy',
    isTaken: ({ proxy }) => proxy !== undefined,
    what: 'Proxy',
    silent: () => 'The proxy does not answer. Check its kind and address (--proxy), and whether it reaches the broker.',
  },
  {
    kind: 'tls',
    isTaken: ({ tls }) => tls !== undefined,
    what: 'TLS handshake',
    silent: () => 'The TLS handshake got no answer. Check that this port speaks TLS.',
  },
  {
    kind: 'websocket',
    isTaken: ({ webSocket }) => webSocket !== undefined,
    what: 'WebSocket handshake',
    silent: () => 'The WebSocket handshake got no answer. Check that this port speaks WebSocket.',
  },
  {
    kind: 'mqtt',
    isTaken: () => true,
    what: 'CONNECT',
    silent: (target, { doubts }) => `No CONNACK arrived. ${doubts(target)}`,
  },
];

type ExplainerIo = Io & { readonly dialer: Dialer };

export class Explainer {
  readonly #plan: CommonPlan;
  readonly #io: ExplainerIo;
  readonly #steps: readonly StepRow[];
  /** Index in `#steps` of the step whose outcome this attempt waits for. */
  #pending = 0;
  /** True when the step that ended this attempt has been printed. */
  #failed = false;
  /** Lines printed about unreachable addresses: one of several may fail without ending the attempt. */
  readonly #unreached = new Set<string>();
  /** Every line printed since the connection was lost, or since the start. */
  readonly #printed = new Set<string>();
  /** Makes the hint for the failed step. */
  #advice: ((words: AdviceModule) => string | undefined) | undefined;
  #stood = false;
  /** The hint printed last; it is not printed twice in a row. */
  #hinted: string | undefined;

  constructor(plan: CommonPlan, io: ExplainerIo) {
    this.#plan = plan;
    this.#io = io;
    this.#steps = STEPS.filter(({ isTaken }) => isTaken(plan.target));
  }

  step(step: DialStep): void {
    if (step.failed && step.kind === 'connect') {
      this.#unreached.add(step.outcome);
    } else {
      this.#failed = step.failed;
      this.#unreached.clear();
    }
    if (!step.failed) this.#pending = this.#steps.findIndex(({ kind }) => kind === step.kind) + 1;
    this.#printStep(step);
  }

  event(event: SessionEvent): void {
    if (event.type !== 'connected' && event.type !== 'refused') return;
    const { code, properties, sessionPresent } = event.packet;
    const reason = reasonString(properties);
    const text = code === 0 ? 'accepted' : connackText(code, this.#plan.session.version);
    const more = [sessionPresent ? 'session present' : '', reason ?? ''].filter((part) => part !== '');
    this.step({
      kind: 'mqtt',
      what: this.#what('mqtt'),
      outcome: `CONNACK ${code}, ${text}${more.map((part) => `, ${part}`).join('')}`,
      failed: code !== 0,
    });
    if (code === 0) this.#printed.clear();
  }

  /** Handles the failure of an attempt or a connection that another attempt follows. */
  down(failure: Failure): void {
    this.#stood = this.#pending === this.#steps.length;
    this.#printPending(failure);
    this.#printAdvice();
    this.#pending = 0;
    this.#failed = false;
    this.#unreached.clear();
  }

  /**
   * Handles a failure that no further attempt follows; resolves with the failure worded for a user of the options. With
   * `--explain` it also probes which protocol the port speaks.
   */
  async downForGood(failure: Failure): Promise<Failure> {
    const answered = this.#pending === this.#steps.length;
    const { worded } = await loadWords();
    this.#printPending(failure);
    if (this.#plan.explain && !answered) {
      const { probe } = await import('./probe.ts');
      const finding = await probe(this.#plan.target, failure, this.#io);
      if (finding !== undefined) this.#printStep(finding);
      if (finding !== undefined) this.#advice = () => finding.advice;
    }
    this.#printAdvice();
    return worded(failure);
  }

  /** Prints the hint for a lost connection, since the user may act on it before the next attempt. */
  hintOfLoss(): void {
    if (this.#stood) void this.hint();
  }

  /** Handles a clean end that was requested: earlier failures no longer matter. */
  endedInOrder(): void {
    this.#advice = undefined;
  }

  /** Handles a requested end that failed; resolves with the failure as downForGood() does. */
  async ended(failure: Failure): Promise<Failure> {
    const { worded } = await loadWords();
    const said = worded(failure);
    this.#advice = () => said.advice;
    this.#printAdvice();
    return said;
  }

  /**
   * Prints the hint after a failure; with `--explain` it is already printed. Resolves after printing, so that later
   * lines do not overtake the hint while its text is loaded.
   */
  async hint(): Promise<void> {
    const advice = this.#advice;
    if (advice === undefined || this.#plan.explain || this.#plan.quiet) return;
    const hint = advice(words ?? (await loadWords()));
    if (hint === undefined || hint === this.#hinted) return;
    this.#hinted = hint;
    this.#io.stderr(hintLine(hint));
  }

  /** Prints the step without an outcome, and its hint. */
  #printPending(failure: Failure): void {
    const { target, session } = this.#plan;
    const pending = this.#steps[this.#pending];
    this.#advice = (said) =>
      said.hintFor(failure) ??
      said.mqttAdvice(failure, session, target, pending === undefined) ??
      (failure.code === 'ETIMEDOUT' ? pending?.silent(target, said) : undefined);
    if (pending !== undefined && !this.#failed && !this.#unreached.has(failure.message)) {
      const { kind } = pending;
      this.#printStep({ kind, what: this.#what(kind), outcome: failure.message, failed: true, remedy: failure.remedy });
    }
  }

  #printAdvice(): void {
    const advice = words && this.#advice?.(words);
    if (advice !== undefined) this.#print(`  -> ${advice}\n`);
  }

  #printStep({ kind, what, outcome, failed, remedy, details = [] }: DialStep): void {
    const lines = details.map((detail) => `    ${detail}`);
    if (kind === 'tls' && !failed && this.#plan.target.tls?.checkHost === false)
      lines.push('    The host name was not checked (--insecure)');
    this.#print([`* ${what}: ${words?.messageFor(outcome, remedy) ?? outcome}`, ...lines, ''].join('\n'));
  }

  /** Prints each line once, however many attempts end the same way. */
  #print(text: string): void {
    if (!this.#plan.explain || this.#printed.has(text)) return;
    this.#printed.add(text);
    this.#io.stderr(text);
  }

  #what(kind: DialStepKind): string {
    if (kind !== 'mqtt') return STEPS.find((row) => row.kind === kind)!.what;
    const { version, clientId, username, password } = this.#plan.session;
    const who = clientId === '' ? 'without a client ID' : `as ${clientId}`;
    const proof = [username === undefined ? '' : 'a user name', password === undefined ? '' : 'a password'];
    const credentials = proof.filter((part) => part !== '').join(' and ') || 'no user name';
    return `CONNECT with MQTT ${VERSIONS[version]}, ${who}, with ${credentials}`;
  }
}
