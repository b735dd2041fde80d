/** Whether a certificate is for a host: Node's rules, except that a wildcard must be a whole label (RFC 9525, 6.3). */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Whether a star appears anywhere but as the whole first label, such as `f*.example.org` and `*.*.org`. */
export function isPartialWildcard(name: string): boolean {
  return name.replace(/^\*\./, '').includes('*');
}

/** For tls.connect(): undefined when the certificate is for the host. */
export function checkName(host: string, certificate: PeerCertificate): Error | undefined {
  const { subject, subjectaltname } = certificate;
  // A name with a comma or a quote is a JSON string; it is not a host name.
  const names = subjectaltname?.replaceAll(/(?<=^|, )DNS:([^,"]*)(?=,|$)/g, (entry: string, name: string) =>
    isPartialWildcard(name) ? 'DNS:' : entry,
  );
  const commonNames = [subject?.CN ?? []].flat().filter((name) => !isPartialWildcard(name));
  try {
    return checkServerIdentity(host, {
      ...certificate,
      subject: { ...subject, CN: commonNames as unknown as string },
      ...(names !== undefined && { subjectaltname: names }),
    });
  } catch (error) {
    return error as Error; // Node throws for malformed names.
  }
}
