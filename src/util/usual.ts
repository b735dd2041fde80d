/** What is usual where nothing else is asked for, the same for the programs and for those who `import 'tsmosq'`. */
import type { Millis } from './millis.ts';

export const HOST = 'localhost';
/** As registered for MQTT, and for MQTT over TLS. */
export const PORT = 1883;
export const TLS_PORT = 8883;
/** Of the request for a WebSocket, as in the originals, where it cannot be chosen. */
export const WEB_SOCKET_PATH = '/mqtt';
/** As long as MQTT.js and Paho wait. */
export const CONNECT_TIMEOUT: Millis = 30_000;
/** Seconds, as in the originals. */
export const KEEP_ALIVE = 60;
/** Messages of QoS 1 and 2 on their way at once, as in the originals. */
export const MAX_INFLIGHT = 20;
