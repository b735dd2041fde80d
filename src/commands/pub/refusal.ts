/** What a message that was refused says, and the exit status that it leaves. */
import { FAILURES } from '../../errors.ts';
import { reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';

/** By reason code, in Mosquitto's words: not sent, for the server had said in CONNACK that it does not take such. */
const LOCAL: Readonly<Record<number, { readonly text: string; readonly status: number }>> = {
  155: { text: 'Message QoS not supported on broker, try a lower QoS.', status: FAILURES['qos-not-supported'].status },
  154: {
    text: 'Retained messages are not supported on broker, leave out -r.',
    status: FAILURES['not-supported'].status,
  },
  149: { text: FAILURES['packet-too-large'].text, status: FAILURES['packet-too-large'].status },
};

type Published = Extract<SessionEvent, { type: 'published' }>;

/** Mosquitto returns 0 for a refusal of the server; the promise of these programs forbids it, and the reason code is what there is to say. */
export function refusal({ packetId, code, reason, local }: Published): {
  readonly status: number;
  readonly text: string;
} {
  const known = local ? LOCAL[code] : undefined;
  if (known !== undefined) return { status: known.status, text: `Error: ${known.text}\n` };
  const why = reason ? `${reason}\n` : '';
  return { status: code, text: `Warning: Publish ${packetId} failed: ${reasonText(code)}.\n${why}` };
}
