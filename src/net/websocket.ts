/** MQTT over WebSocket [MQTT 5, 6], on a stream that stands. Loaded only when asked for. */
import type { Duplex } from 'node:stream';
import { Failure } from '../errors.ts';
import type { Target } from '../runtime/target.ts';
import type { ByteStream, StreamHandlers } from './byte-stream.ts';

/** Resolves when the server has agreed to speak MQTT. Rejects with a Failure. */
export async function openWebSocket(_lower: Duplex, _target: Target, _handlers: StreamHandlers): Promise<ByteStream> {
  throw new Failure('not-supported');
}
