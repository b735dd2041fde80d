// What a scripted server reads and sends: steps that several tests share.
import { expect } from 'vitest';
import type { FakeConnection, RawPacket } from './fake-server.ts';

/** Reads CONNECT and answers it; returns whether the client speaks MQTT 5. */
export async function accept(connection: FakeConnection, code = 0): Promise<boolean> {
  const connect = await connection.readPacket();
  const isV5 = connect.body[2 + connect.body.readUInt16BE(0)] === 5;
  await connection.send(isV5 ? Buffer.from([0x20, 3, 0, code, 0]) : Buffer.from([0x20, 2, 0, code]));
  return isV5;
}

/** Reads a PUBLISH at QoS 0, and answers the PINGREQ that checks whether the server read it. */
export async function confirm(connection: FakeConnection): Promise<void> {
  await connection.readPacket();
  expect((await connection.readPacket()).bytes.toString('hex')).toBe('c000');
  await connection.send('d0 00');
}

/** Reads SUBSCRIBE and answers it with one code for each filter. */
export async function grant(connection: FakeConnection, isV5: boolean, codes: number[] = [0]): Promise<void> {
  const { body } = await connection.readPacket();
  const rest = isV5 ? [body[0]!, body[1]!, 0, ...codes] : [body[0]!, body[1]!, ...codes];
  await connection.send(Buffer.from([0x90, rest.length, ...rest]));
}

/** The packet identifier of a PUBLISH at QoS 1 or 2. */
export function packetIdOf({ body }: RawPacket): [number, number] {
  const from = 2 + body.readUInt16BE(0);
  return [body[from]!, body[from + 1]!];
}

/** A PUBLISH at QoS 0 of up to 125 bytes after its header, in MQTT 3. */
export function publishPacket(topic: string, payload: string | Uint8Array): Buffer {
  const name = Buffer.from(topic);
  const content = Buffer.from(payload);
  const length = 2 + name.length + content.length;
  return Buffer.concat([Buffer.from([0x30, length, 0, name.length]), name, content]);
}
