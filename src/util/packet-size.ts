/** Bytes of the largest MQTT packet: five of fixed header, and the largest remaining length [MQTT 5, 1.5.5]. */
export const LARGEST_PACKET = 5 + 268_435_455;
