/** `cert`: how long the certificate of the broker, and that of this client, are still good. */
import type { CertificateFacts } from '../../net/dial-trace.ts';
import { durationText } from '../duration.ts';
import { judge, type Thresholds } from '../range.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { type CheckStatus, CRITICAL, OK, UNKNOWN, worst } from '../status.ts';

export interface CertEvidence {
  /** What the broker showed, its own certificate first; empty: nothing. */
  readonly chain: readonly CertificateFacts[];
  /** Of `--cert`. */
  readonly own?: CertificateFacts | undefined;
  /** Why the handshake failed; undefined: it succeeded. */
  readonly failure?:
    | { readonly message: string; readonly isOurs: boolean; readonly advice?: string | undefined }
    | undefined;
}

const DAY = 86_400_000;

/** `now`: milliseconds since 1970. `thresholds` are of days. */
export function certVerdict({ chain, own, failure }: CertEvidence, thresholds: Thresholds, now: number): Verdict {
  const daysLeft = ({ to }: CertificateFacts): number => Math.floor((to - now) / DAY);
  const [certificate] = chain;
  const rows = [
    ...chain.map((facts, i) => ({
      facts,
      metric: i === 0 ? 'days' : `issuer-days-${i}`,
      what: i === 0 ? 'the certificate' : 'the issuing certificate',
    })),
    ...(own === undefined ? [] : [{ facts: own, metric: 'own-days', what: 'the client certificate (--cert)' }]),
  ].map((row) => ({ ...row, days: daysLeft(row.facts) }));
  const metrics = rows.map(({ metric, days }): Metric => ({ name: metric, value: days, unit: 'd', ...thresholds }));
  const details = chain.map(
    ({ names, issuer, from, to }) => `${names}, issued by ${issuer}, valid from ${dateText(from)} to ${dateText(to)}`,
  );
  if (failure !== undefined) {
    const { advice } = failure;
    return verdict(failure.isOurs ? UNKNOWN : CRITICAL, failure.message, metrics, { details, advice });
  }
  if (certificate === undefined) return verdict(UNKNOWN, 'the broker showed no certificate', metrics);
  const statusOf = ({ facts, days }: (typeof rows)[number]): CheckStatus =>
    facts.to <= now || facts.from > now ? CRITICAL : judge(days, thresholds);
  const status = worst(rows.map(statusOf));
  // The first of those that are as bad as the whole; of good ones the one of the broker.
  const row = rows.find((one) => statusOf(one) === status)!;
  const { facts, what } = status === OK ? { facts: certificate, what: 'the certificate' } : row;
  const left = timeText(Math.abs(facts.to - now));
  const time =
    facts.from > now
      ? `is not valid before ${dateText(facts.from)}`
      : facts.to <= now
        ? `expired ${left} ago`
        : `expires in ${left}`;
  return verdict(status, `${what} for ${facts.names}, issued by ${facts.issuer}, ${time}`, metrics, { details });
}

/** Whole days, as performance data has them. */
function timeText(span: number): string {
  const days = Math.floor(span / DAY);
  return days < 2 ? durationText(span) : `${days} days`;
}

const dateText = (time: number): string => new Date(time).toISOString().slice(0, 10);
