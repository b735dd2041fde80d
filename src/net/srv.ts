/** Which hosts the SRV records of a name refer to (RFC 2782). Loaded only when needed. */
import { isIP } from 'node:net';
import { type Advice, Failure } from '../errors.ts';
import { printable } from '../util/printable.ts';
import { errorCode, lookupAdvice } from './failures.ts';
import { wireHost } from './read-reply.ts';
import { type Resolver, type SrvRecord, SYSTEM_RESOLVER } from './resolver.ts';

/** The name of the SRV records. */
export function srvName(host: string, tls: boolean): string {
  return `_${tls ? 'secure-mqtt' : 'mqtt'}._tcp.${wireHost(host).replace(/\.$/, '')}`;
}

/** The hosts and ports, in the order in which to try them. `random` returns numbers from 0 to below 1. Rejects with a Failure. */
export async function srvTargets(
  host: string,
  tls: boolean,
  resolver: Resolver = SYSTEM_RESOLVER,
  signal?: AbortSignal,
  random: () => number = Math.random,
): Promise<{ host: string; port: number }[]> {
  if (isIP(host) !== 0)
    throw noService({
      advice: `${host} is an address, but SRV records need a name.`,
      remedy: { code: 'srv-of-address', host },
    });
  const name = srvName(host, tls);
  let records: readonly SrvRecord[];
  try {
    records = await resolver.srv(name, signal);
  } catch (error) {
    const code = errorCode(error);
    const none = code === 'ENOTFOUND' || code === 'ENODATA';
    throw noService(none ? withoutRecords(name) : lookupAdvice('EAI_AGAIN', name), code);
  }
  if (records.length === 0) throw noService(withoutRecords(name));
  const offered = records.filter((record) => record.name !== '' && record.name !== '.');
  if (offered.length === 0)
    throw noService({ advice: `The SRV record of ${name} states that MQTT is not offered there.` });
  return inOrder(offered, random).map((record) => ({ host: printable(record.name), port: record.port }));
}

function withoutRecords(name: string): Advice {
  return {
    advice: `There are no SRV records for ${name}. Ask the operator of the domain.`,
    remedy: { code: 'srv-missing', name },
  };
}

function noService(advice: Advice, code?: string): Failure {
  return new Failure('lookup', { ...advice, ...(code !== undefined && { code }) });
}

/** Lowest priority first; records of equal priority in random order, in proportion to their weight (RFC 2782). */
function inOrder(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    // Records with weight 0 are placed first, which gives them a very small chance.
    const left = records.filter((record) => record.priority === priority).sort((a, b) => a.weight - b.weight);
    while (left.length > 0) {
      const sum = left.reduce((total, { weight }) => total + weight, 0);
      const lot = Math.floor(random() * (sum + 1));
      let running = 0;
      const drawn = left.findIndex(({ weight }) => {
        running += weight;
        return running >= lot;
      });
      ordered.push(...left.splice(Math.max(drawn, 0), 1));
    }
  }
  return ordered;
}

/**
 * The host name that the certificate of the record's target must be valid for. DNS answers can be forged, so the user must
 * have vouched for that name. The target itself counts if it is HOST or below it (mqtt1.example.com for example.com), because
 * certificates for such names go only to the owner of HOST. Any other target, even a sibling, must have a certificate for
 * HOST (RFC 6125, 6.2.1): only a list of all registries could distinguish siblings from strangers (a.co.uk, b.co.uk).
 */
export function certificateName(host: string, recordTarget: string): string {
  const plain = (name: string): string => wireHost(name).toLowerCase().replace(/\.$/, '');
  const [asked, found] = [plain(host), plain(recordTarget)];
  return found === asked || found.endsWith(`.${asked}`) ? found : host;
}
