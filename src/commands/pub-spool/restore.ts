/**
 * What a session begins with: the messages that an earlier run has left on their way. Those at QoS 1 that came before one at
 * QoS 2 on the same topic are among them, though nothing of them is stored: sent later, they would come behind it.
 */
import { MAX_PACKET_ID } from '../../mqtt/types.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Recovery } from '../../spool/sender.ts';
import type { Ahead } from './prefetch.ts';

type RestoredFlight = Recovery['flights'][number];

/** In the order in which they are to be sent: PUBREL first. Throws a Failure. */
export function restoredFlights(
  { flights, lastPacketId }: Recovery,
  ahead: Ahead,
): { readonly flights: readonly RestoredFlight[]; readonly lastPacketId: number } {
  const unreleased = flights.filter(({ released }) => !released);
  const topics = new Set(unreleased.map(({ message }) => message.topic));
  const last = Math.max(0, ...unreleased.map(({ id }) => id));
  const older = ahead.takeOlder(last, ({ qos, topic }) => qos === 1 && topics.has(topic));
  const used = new Set(flights.map(({ packetId }) => packetId));
  let packetId = lastPacketId;
  const flightOf = (message: StoredMessage): RestoredFlight => {
    do packetId = packetId === MAX_PACKET_ID ? 1 : packetId + 1;
    while (used.has(packetId));
    return { id: message.id, packetId, released: false, message };
  };
  const all = flights.filter(({ released }) => released);
  for (const flight of unreleased) {
    while (older.length > 0 && older[0]!.id < flight.id) all.push(flightOf(older.shift()!));
    all.push(flight);
  }
  return { flights: all, lastPacketId: packetId };
}
