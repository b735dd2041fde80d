/** A part of a run of tscheck: the checks of one connection, or one check of certificates. */
import type { Verdict } from '../../check/result.ts';
import type { CheckJob } from '../../cli/plan/types.ts';
import type { Failure, FailureKind } from '../../errors.ts';

export interface Work {
  start(): void;
  /** Gives this verdict to every check that has none. */
  cutShort(verdict: Verdict): void;
  /** Resolves when the connection is closed too. */
  readonly over: Promise<void>;
}

/** Takes the verdict of a check. */
export type FinishJob = (job: CheckJob, outcome: Verdict) => void;

/** Failures of what the user gave us, or of this machine. Every other failure is one of the broker, or of the way to it. */
const OURS: ReadonlySet<FailureKind> = new Set(['usage', 'file', 'not-supported', 'invalid-input', 'system']);

/** What is wrong with our own files and options is found before the broker is asked, whatever the kind of the failure. */
const OUR_REMEDIES: ReadonlySet<string | undefined> = new Set([
  'certificate-and-key',
  'psk-unavailable',
  'psk-version',
  'psk-length',
  'engine-unavailable',
]);

export const isOurs = ({ kind, remedy }: Failure): boolean => OURS.has(kind) || OUR_REMEDIES.has(remedy?.code);
