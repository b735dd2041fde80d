/** Whether a certificate is for a host: as Node has it, but for wildcards, which stand for a whole label (RFC 9525, 6.3). */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** `f*.example.org`, `*.*.org`: other than a star as the whole first label and nowhere else. */
export function isPartialWildcard(name: string): boolean {
  return name.replace(/^\*\./, '').includes('*');
}

/** For tls.connect(): undefined when the certificate is for the host. */
export function checkName(host: string, certificate: PeerCertificate): Error | undefined {
  const { subject, subjectaltname } = certificate;
  // A name with a comma or a quote in it is a JSON string; it is no host.
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
    return error as Error; // of names that make no sense
  }
}
