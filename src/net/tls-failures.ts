/** Why a TLS handshake failed: the reason in one line, and what to change. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Failure } from '../errors.ts';
import type { TlsTarget } from '../runtime/target.ts';
import { printable } from '../util/printable.ts';
import { connectFailure, errorCode } from './failures.ts';
import {
  alertFailure,
  isTlsCode,
  knownName,
  type Meaning,
  NO_CLIENT_CERTIFICATE,
  OTHER_CIPHERS,
  plainWords,
  tlsFailure,
} from './tls-alerts.ts';
import { certificatesIn, dateText, distinguishedName, namesOf, organisation, shortName } from './tls-certificate.ts';
import { levelOf } from './tls-ciphers.ts';
import { isPartialWildcard } from './tls-names.ts';
import { weakness } from './tls-strength.ts';

/** The state of the handshake before it failed. */
export interface Handshake {
  /** The host that the user named. */
  readonly host: string;
  readonly tls: TlsTarget;
  /** PEM files of the trusted certificates. */
  readonly trusted: readonly (Buffer | string)[];
  /** The server's certificate and those above it; empty if the handshake failed earlier. */
  readonly chain: readonly X509Certificate[];
  /** Whether both sides had agreed on keys. */
  readonly keyed: boolean;
  /** Whether the verification of the server's certificate failed; then nothing else is the reason. */
  readonly rejected: boolean;
}

const UNTRUSTED = 'the server certificate comes from a CA that is not trusted here';
const PLAIN = 'This port may speak plain MQTT. The usual port for TLS is 8883.';

type Judge = (handshake: Handshake) => Meaning;

/** Judges by the code of OpenSSL (X509_V_ERR_…) or Node. */
const VERDICTS: Readonly<Record<string, Judge>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: () => ({
    reason: 'the server certificate is self-signed and not among the trusted CA certificates',
    advice: 'If you expect this certificate, add it to the trusted CA certificates.',
    remedy: { code: 'trust-certificate' },
  }),
  SELF_SIGNED_CERT_IN_CHAIN: untrustedRoot,
  UNABLE_TO_GET_ISSUER_CERT: ({ chain }) => ({
    reason: 'the issuer of the server certificate is not known here',
    advice: `Add the CA that is missing among the trusted ones: ${distinguishedName(chain.at(-1)?.issuer)}.`,
  }),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrustedRoot,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrustedIssuer,
  CERT_SIGNATURE_FAILURE: () => ({
    reason: 'the signature of the server certificate does not match the trusted CA',
    advice: 'The CA may have a new key. Trust its newer certificate.',
    remedy: { code: 'trust-newer-ca' },
  }),
  CERT_HAS_EXPIRED: (seen) => outOfDate(seen, 'has expired', ({ validTo }) => Date.parse(validTo) < Date.now()),
  CERT_NOT_YET_VALID: (seen) =>
    outOfDate(seen, 'is not valid yet', ({ validFrom }) => Date.parse(validFrom) > Date.now()),
  INVALID_PURPOSE: wrongPurpose,
  INVALID_CA: wrongPurpose,
  PATH_LENGTH_EXCEEDED: () => ({
    reason: 'a CA certificate allows fewer intermediate certificates than the server sent',
    advice: 'The server needs a certificate from a CA that may issue it (pathlen).',
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
};

/** The failure of a TLS handshake. */
export function handshakeFailure(error: unknown, handshake: Handshake): Failure {
  const code = errorCode(error);
  const judge = VERDICTS[code];
  if (judge !== undefined) return tlsFailure(code, judge(handshake));
  if (handshake.rejected) return tlsFailure(code, unverified(error, handshake));
  if (knownName(code) === 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE') return tlsFailure(code, refused(handshake));
  const alert = alertFailure(code);
  if (alert !== undefined) return alert;
  if (code === 'ECONNRESET' || code === 'EPIPE' || isTlsCode(code))
    return tlsFailure('ECONNRESET', {
      reason: 'the broker closed the connection during the handshake',
      advice: PLAIN,
    });
  if (/^ERR_(OSSL|TLS|CRYPTO)_/.test(code)) return tlsFailure(code, { reason: plainWords(code) });
  return connectFailure(error);
}

const ANOTHER_CERTIFICATE = 'The server needs another certificate.';

const noSigner: Judge = () => ({
  reason: 'a CA certificate above the server certificate may not sign certificates',
  advice: ANOTHER_CERTIFICATE,
});

/** OpenSSL's texts for faults for which Node has only the code UNSPECIFIED (X509_verify_cert_error_string). */
const WORDS: readonly (readonly [RegExp, Judge])[] = [
  [/subtree|name constraint|name syntax/, wrongName],
  [/does not include certificate signing/, noSigner],
];

/** Any other reason to reject a certificate. Bun returns a code without text. */
function unverified(error: unknown, handshake: Handshake): Meaning {
  const { chain, trusted, tls } = handshake;
  const said = error instanceof Error ? error.message : '';
  const weak = said === '' || said.includes('too weak') ? weakness(chain, trusted, levelOf(tls.ciphers)) : undefined;
  if (weak !== undefined) return weak;
  const judge = WORDS.find(([words]) => words.test(said))?.[1];
  if (judge !== undefined) return judge(handshake);
  if (said === '' && chain.some(({ raw }) => raw.includes(NAME_CONSTRAINTS))) return wrongName(handshake);
  return {
    reason: `the server certificate cannot be verified${said === '' ? '' : ` (${printable(said)})`}`,
    advice: ANOTHER_CERTIFICATE,
  };
}

/** The object identifier 2.5.29.30, in DER. */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');

function wrongName({ chain }: Handshake): Meaning {
  const limiting = chain.filter(({ raw }) => raw.includes(NAME_CONSTRAINTS));
  const who = limiting.length === 1 ? `the CA certificate "${shortName(limiting[0]!.subject)}"` : 'a CA certificate';
  return {
    reason: `${who} does not allow the names in the server certificate`,
    advice: `The server needs a certificate from another CA (name constraints).`,
  };
}

/** The server's certificate, or another of the chain, is not made for this use. */
function wrongPurpose({ chain }: Handshake): Meaning {
  const [own, ...above] = chain;
  const culprit = chain.find((certificate) => !isForServers(certificate));
  const noCa = above.find(({ ca }) => !ca);
  if (culprit === undefined && noCa !== undefined)
    return {
      reason: `the certificate "${shortName(noCa.subject)}", which issued ${noCa === above[0] ? 'the server certificate' : 'another one'}, is not a CA certificate`,
      advice: ANOTHER_CERTIFICATE,
    };
  const which =
    culprit === undefined || culprit === own
      ? 'the server certificate'
      : `the CA certificate "${shortName(culprit.subject)}"`;
  return {
    reason: `${which} is not valid for servers`,
    advice: 'The server needs a certificate with the purpose serverAuth.',
  };
}

/** Whether the extended key usage is missing, or includes serverAuth or any usage. */
function isForServers({ keyUsage }: X509Certificate): boolean {
  const usages = keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.some((usage) => usage === '1.3.6.1.5.5.7.3.1' || usage === '2.5.29.37.0');
}

export function noAnswer(): Failure {
  return tlsFailure('ETIMEDOUT', {
    reason: 'the broker does not answer the handshake',
    advice: PLAIN,
  });
}

/** The alert has two causes; in TLS 1.2 the cipher is chosen before certificates are sent. */
function refused({ keyed, tls }: Handshake): Meaning {
  if (!keyed)
    return {
      reason: 'the broker refused the handshake: no cipher in common',
      ...OTHER_CIPHERS,
    };
  return tls.certFile === undefined
    ? NO_CLIENT_CERTIFICATE
    : { reason: 'the broker refused the handshake after it received the client certificate' };
}

/** The chain includes more than the server's certificate, and ends at an issuer that is not trusted. */
function untrustedRoot({ chain }: Handshake): Meaning {
  const last = chain.at(-1);
  if (last === undefined) return { reason: UNTRUSTED };
  const issuer = distinguishedName(last.issuer);
  return {
    reason: UNTRUSTED,
    advice: `The CA is ${issuer}. If you expect it, trust it.`,
    remedy: { code: 'trust-ca', issuer },
  };
}

/**
 * The server sent only its own certificate, whose issuer is not trusted. That issuer may be a root that the user must
 * trust or an intermediate that the server should have sent; the certificate does not show which. An intermediate is
 * likely if the certificate names a URL for its issuer, or if the issuer and a trusted CA belong to the same organization.
 */
function untrustedIssuer(handshake: Handshake): Meaning {
  const { chain, trusted } = handshake;
  const [own, issuing] = chain;
  if (own === undefined) return { reason: UNTRUSTED };
  // Bun reports the same code for an issuer that was sent but may not issue certificates.
  if (issuing !== undefined) return noSigner(handshake);
  const issuer = distinguishedName(own.issuer);
  const family = organisation(own.issuer);
  const related =
    family !== undefined && certificatesIn(trusted).some(({ subject }) => organisation(subject) === family);
  if (!related && !/^CA Issuers/m.test(own.infoAccess ?? ''))
    return {
      reason: UNTRUSTED,
      advice: `The CA is ${issuer}. If it is a root that you expect, trust it. If it is an intermediate, the server must send it.`,
      remedy: { code: 'trust-ca-or-intermediate', issuer },
    };
  return {
    reason: `the certificate of "${shortName(own.issuer)}", which issued the server certificate, is missing: the server did not send it, and it is not trusted here`,
    advice: `The server must send the intermediate certificate after its own. If ${issuer} is a root, trust it.`,
    remedy: { code: 'intermediate-missing', issuer },
  };
}

/** An address must appear as an address, not as a DNS name or the common name (RFC 6125, 1.7.2). */
function otherHost({ chain: [own], host }: Handshake): Meaning {
  const names = own === undefined ? 'another host' : namesOf(own);
  if (isIP(host) !== 0 && names.split(', ').includes(host))
    return {
      reason: `the server certificate is for ${host} as a name, not as an address`,
      advice: `Connect by a host name in the certificate, or issue one with subjectAltName=IP:${host}.`,
      remedy: { code: 'name-for-address' },
    };
  return {
    reason: `the server certificate is for ${names}, not for ${host}`,
    ...(names.split(', ').some(isPartialWildcard)
      ? { advice: 'A wildcard must be a whole label, as in *.example.org. The server needs another certificate.' }
      : {
          advice: 'Connect by a name in the certificate, or issue one for this name.',
          remedy: { code: 'name-in-certificate' },
        }),
  };
}

/** The cause is the server's certificate, one sent with it, or the trusted root above them. */
function outOfDate(
  { chain, trusted }: Handshake,
  what: string,
  isOut: (certificate: X509Certificate) => boolean,
): Meaning {
  const roots = certificatesIn(trusted).filter((root) => chain.some((sent) => sent.issuer === root.subject));
  const culprit = [...chain, ...roots].find(isOut);
  if (culprit === undefined) return { reason: `the server certificate ${what}` };
  const own = culprit === chain[0];
  return {
    reason: own ? `the server certificate ${what}` : `the CA certificate "${shortName(culprit.subject)}" ${what}`,
    advice:
      `The certificate is valid from ${dateText(culprit.validFrom)} to ${dateText(culprit.validTo)}. ` +
      `${own ? 'Renew it' : 'The CA must renew it'}, or correct the clock of this machine.`,
  };
}
