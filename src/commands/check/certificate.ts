/** `cert`: what the certificates of both sides say of themselves, from the TLS handshake and the file of `--cert`. */
import { certVerdict } from '../../check/checks/cert.ts';
import { durationText } from '../../check/duration.ts';
import { type Verdict, verdict } from '../../check/result.ts';
import { CRITICAL } from '../../check/status.ts';
import { worded } from '../../cli/advice.ts';
import type { CheckJob } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { CertificateFacts } from '../../net/dial-trace.ts';
import { handshake } from '../../net/handshake.ts';
import { certificateFacts } from '../../net/tls-certificate.ts';
import { wallMillis } from '../../runtime/clock.ts';
import type { BrokerIo } from '../broker/connection.ts';
import { type FinishJob, isOurs, type Work } from './work.ts';

/** Certificates are a few kilobytes. */
const MOST_BYTES = 1024 * 1024;

export function checkCertificate(job: CheckJob, io: BrokerIo, finish: FinishJob): Work {
  const { target } = job.plan;
  const { thresholds } = job.spec as Extract<CheckJob['spec'], { kind: 'cert' }>;
  let isOver = false;
  let stop = (): void => {};
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = (outcome: Verdict): void => {
    if (isOver) return;
    isOver = true;
    stop();
    finish(job, outcome);
    end();
  };
  return {
    over,
    start: () => {
      const { done: shown, cancel } = handshake(target, io.dialer, async () => undefined);
      const late = (): void => {
        cancel();
        done(verdict(CRITICAL, `${job.broker}: no TLS handshake, after ${durationText(job.limit)}`));
      };
      stop = io.clock.callAt(io.clock.now() + job.limit, late);
      void shown.then(async ({ chain, failure: failed }) => {
        const own = await ownFacts(target.tls?.certFile, io);
        const said = failed && worded(failed);
        const failure = said && {
          message: `${job.broker}: ${said.message}`,
          isOurs: isOurs(said),
          advice: said.advice,
        };
        done(certVerdict({ chain, own, failure }, thresholds, wallMillis(io)));
      });
    },
    cutShort: done,
  };
}

/** Undefined without a certificate of ours, or when it cannot be read: the handshake has failed for that. */
async function ownFacts(path: string | undefined, io: BrokerIo): Promise<CertificateFacts | undefined> {
  if (path === undefined) return undefined;
  try {
    return certificateFacts(await io.files.read(path, MOST_BYTES));
  } catch (error) {
    Failure.of(error);
    return undefined;
  }
}
