/** Which defaults apply, both in the commands and in the library. */
import type { Millis } from './millis.ts';

export const HOST = 'localhost';
/** The registered ports of MQTT, and of MQTT over TLS. */
export const PORT = 1883;
export const TLS_PORT = 8883;
/** The path of the WebSocket request; in Mosquitto's clients it is fixed. */
export const WEB_SOCKET_PATH = '/mqtt';
/** The connect timeout of MQTT.js and Paho. */
export const CONNECT_TIMEOUT: Millis = 30_000;
/** Seconds, as in Mosquitto's clients. */
export const KEEP_ALIVE = 60;
/** Most QoS 1 and 2 messages in flight, as in Mosquitto's clients. */
export const MAX_INFLIGHT = 20;
