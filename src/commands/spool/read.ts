/** The subcommands of tsspool that only read: list, shape, show, verify. */
import type { SpoolPlan } from '../../cli/spool/parse.ts';
import { Failure } from '../../errors.ts';
import { wallMillis } from '../../runtime/clock.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { ageText } from '../../spool/age.ts';
import type { Flight } from '../../spool/ledger.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Look } from '../../spool/snapshot.ts';
import type { Spool } from '../../spool/spool.ts';
import { hintLine, plural, shellQuoted } from '../../util/phrases.ts';
import { escaped } from '../../util/printable.ts';
import { print, printAll } from '../terminal/stdout.ts';
import { isoOf, isSelected, jsonLine } from './io.ts';
import { shapeLines, shapeOf } from './shape.ts';

/** Warns of what cannot be read. That is not an error for a subcommand that shows the rest. */
export function warnOfProblems({ problems }: Look, folder: string, io: DiskIo): void {
  if (problems.length > 0)
    io.stderr(
      `Warning: ${folder} is damaged: ${plural(problems.length, 'problem')}\n${hintLine(`Run tsspool ${shellQuoted(folder)} verify.`)}`,
    );
}

export async function list(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  const look = spool.look();
  const now = wallMillis(io);
  const flights = new Map(look.flights.map((flight) => [flight.id, flight]));
  const { heading = String, topic: painted = String } = io.paint ?? {};
  await printAll(io, lines());
  warnOfProblems(look, plan.folder, io);
  return 0;

  function* lines(): Generator<string> {
    let isFirst = true;
    for (const message of look.messages()) {
      if (!isSelected(message, plan, now)) continue;
      const flight = flights.get(message.id);
      if (plan.json) {
        yield jsonLine(described(message, flight, now));
        continue;
      }
      if (isFirst) yield heading(row('ID', 'AGE', 'SIZE', 'QOS', 'TOPIC'));
      isFirst = false;
      const { id, acceptedAt, payload, qos, retain, topic } = message;
      const marks = `${qos}${retain ? 'r' : ''}${flight === undefined ? '' : '*'}`;
      yield row(String(id), ageText(now - acceptedAt), String(payload.length), marks, painted(escaped(topic)));
    }
  }
}

const row = (id: string, age: string, size: string, qos: string, topic: string): string =>
  `${id.padStart(8)}  ${age.padStart(8)}  ${size.padStart(9)}  ${qos.padEnd(3)}  ${topic}\n`;

function described(message: StoredMessage, flight: Flight | undefined, now: number): object {
  const { id, acceptedAt, payload, qos, retain, topic, size } = message;
  return {
    id,
    accepted: isoOf(acceptedAt),
    age: Math.max(0, now - acceptedAt) / 1000,
    topic,
    qos,
    retain,
    payloadlen: payload.length,
    size,
    inflight: flight !== undefined,
  };
}

export async function shape(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  const look = spool.look();
  const now = wallMillis(io);
  const table = shapeOf(selected(), plan.levels, now);
  if (plan.json) await print(io, jsonLine(table));
  else await printAll(io, shapeLines(table, io.paint?.heading));
  warnOfProblems(look, plan.folder, io);
  return 0;

  function* selected(): Generator<StoredMessage> {
    for (const message of look.messages()) if (isSelected(message, plan, now)) yield message;
  }
}

export async function show(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  const look = spool.look();
  const wanted = plan.ids[0]!;
  const message = find(look, wanted);
  if (message === undefined) {
    const why = look.ledger.isSettled(wanted) ? 'it was delivered or removed' : 'no message has had this ID';
    throw new Failure('file', { message: `Message ${wanted} is not in ${plan.folder}: ${why}` });
  }
  const flight = look.flights.find(({ id }) => id === wanted);
  const now = wallMillis(io);
  const text = Buffer.from(message.payload);
  if (plan.json) {
    const payload = isText(text) ? { payload: text.toString() } : { payload_base64: text.toString('base64') };
    const properties = message.properties.map(({ name, value }) => ({
      name,
      value: value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
    }));
    await print(io, jsonLine({ ...described(message, flight, now), properties, ...payload }));
    return 0;
  }
  const lines = [
    ['Id', String(message.id)],
    ['Topic', escaped(message.topic)],
    ['Accepted', `${isoOf(message.acceptedAt)} (${ageText(now - message.acceptedAt)} ago)`],
    ['QoS', `${message.qos}${flight === undefined ? '' : `, in flight: ${flightText(flight)}`}`],
    ['Retain', message.retain ? 'yes' : 'no'],
    ...message.properties.map(({ name, value }) => ['Property', `${name} ${valueText(value)}`]),
    ['Payload', plural(text.length, 'byte')],
  ];
  await print(io, `${lines.map(([name, value]) => `${name}: ${value}\n`).join('')}\n`);
  await print(io, text);
  return 0;
}

const flightText = ({ packetId, released }: Flight): string =>
  `packet identifier ${packetId}, ${released ? 'received by the broker' : 'sent'}`;

function valueText(value: string | number | Uint8Array | readonly [string, string]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value.map(escaped).join(' ');
}

const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString()).equals(bytes);

function find(look: Look, id: number): StoredMessage | undefined {
  for (const message of look.messages()) if (message.id === id) return message;
  return undefined;
}

export async function verify(plan: SpoolPlan, spool: Spool, io: DiskIo): Promise<number> {
  const look = spool.look();
  let messages = 0;
  let bytes = 0;
  for (const { size } of look.messages()) {
    messages++;
    bytes += size;
  }
  const { problems, flights } = look;
  if (plan.json)
    await print(io, jsonLine({ folder: plan.folder, messages, bytes, inflight: flights.length, problems }));
  else
    await print(
      io,
      [
        ...problems.map(({ file, text }) => `${plan.folder}/${file}: ${text}\n`),
        `${plan.folder}: ${plural(messages, 'message')}, ${bytes} bytes, ${flights.length} in flight, ${
          problems.length === 0 ? 'no problem' : plural(problems.length, 'problem')
        }\n`,
      ].join(''),
    );
  return problems.length === 0 ? 0 : 1;
}
