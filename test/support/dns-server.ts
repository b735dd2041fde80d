// A DNS server that knows SRV records and nothing else.
import { createSocket } from 'node:dgram';
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
  /** The names whose SRV records were asked for. */
  asked: string[];
}

const SRV = 33;
const NO_SUCH_NAME = 3;

/** Answers with the records of a name (in lower case); a name without an entry does not exist. */
export function startDnsServer(
  records: Record<string, SrvAnswer[]>,
  { address = '127.0.0.1', port = 0 }: { address?: string; port?: number } = {},
): Promise<DnsServer> {
  const server = createSocket('udp4');
  const asked: string[] = [];
  server.on('message', (question, from) => {
    const { name, type, end } = nameAt(question, 12);
    if (type === SRV) asked.push(name);
    const known = records[name.toLowerCase()];
    const answers = type === SRV ? (known ?? []) : [];
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580 | (known ? 0 : NO_SUCH_NAME), 2); // an answer, authoritative, recursion available
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const reply = [header, question.subarray(12, end), ...answers.map(record)];
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

function record({ target, port, priority = 0, weight = 0 }: SrvAnswer): Buffer {
  const labels = target.split('.').filter((label) => label !== '');
  const name = Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
    Buffer.of(0),
  ]);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc00c, 0); // the name of the question
  fixed.writeUInt16BE(SRV, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(60, 6);
  fixed.writeUInt16BE(6 + name.length, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, name]);
}
