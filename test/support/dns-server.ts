// A DNS server for SRV records and addresses.
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { cleanUp } from './cleanup.ts';

export interface SrvAnswer {
  target: string;
  port: number;
  priority?: number;
  weight?: number;
}

export interface DnsServer {
  address: string;
  port: number;
  /** The names whose SRV records were requested. */
  asked: string[];
}

interface DnsOptions {
  address?: string;
  port?: number;
  /** The addresses of names (in lower case). */
  hosts?: Record<string, readonly string[]>;
}

const SRV = 33;
/** The types of records with addresses, by the version of IP. */
const ADDRESS_TYPES = { 1: 4, 28: 6 } as Record<number, number>;
const NO_SUCH_NAME = 3;

/** Answers with the records of a name (in lower case); a name without an entry does not exist. */
export function startDnsServer(
  records: Record<string, SrvAnswer[]>,
  { address = '127.0.0.1', port = 0, hosts = {} }: DnsOptions = {},
): Promise<DnsServer> {
  const server = createSocket('udp4');
  const asked: string[] = [];
  server.on('message', (question, from) => {
    const { name, type, end } = nameAt(question, 12);
    if (type === SRV) asked.push(name);
    const services = records[name.toLowerCase()];
    const addresses = hosts[name.toLowerCase()];
    const known = services ?? addresses;
    const fitting = (addresses ?? []).filter((one) => isIP(one) === ADDRESS_TYPES[type]);
    const answers = type === SRV ? (services ?? []).map(service) : fitting.map((one) => record(type, bytesOf(one)));
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580 | (known ? 0 : NO_SUCH_NAME), 2); // an answer, authoritative, recursion available
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const reply = [header, question.subarray(12, end), ...answers];
    server.send(Buffer.concat(reply), from.port, from.address);
  });
  cleanUp(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.bind(port, address, () => resolve({ address, port: server.address().port, asked }));
  });
}

function nameAt(bytes: Buffer, start: number): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: bytes.readUInt16BE(at + 1), end: at + 5 };
}

function service({ target, port, priority = 0, weight = 0 }: SrvAnswer): Buffer {
  const labels = target.split('.').filter((label) => label !== '');
  const name = Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
    Buffer.of(0),
  ]);
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(priority, 0);
  numbers.writeUInt16BE(weight, 2);
  numbers.writeUInt16BE(port, 4);
  return record(SRV, Buffer.concat([numbers, name]));
}

/** IPv4, or `::N`. */
function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const bytes = Buffer.alloc(16);
  bytes[15] = Number.parseInt(address.replace('::', ''), 16);
  return bytes;
}

function record(type: number, content: Buffer): Buffer {
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0); // the name of the question
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(60, 6);
  fixed.writeUInt16BE(content.length, 10);
  return Buffer.concat([fixed, content]);
}
