/** Messages that the session does not send, because the server said in CONNACK that it does not take such. */
import { FAILURES } from '../errors.ts';

/** By reason code: text and exit status of Mosquitto. */
export const LOCAL_REFUSALS: Readonly<Record<number, { readonly text: string; readonly status: number }>> = {
  155: { text: 'Message QoS not supported on broker, try a lower QoS.', status: FAILURES['qos-not-supported'].status },
  154: {
    text: 'Retained messages are not supported on broker, leave out -r.',
    status: FAILURES['not-supported'].status,
  },
  149: { text: FAILURES['packet-too-large'].text, status: FAILURES['packet-too-large'].status },
};
