/** How the session is opened and closed: everything in CONNECT, and the properties of DISCONNECT. */
import type { Property, PropertyName } from '../../mqtt/properties.ts';
import type { SessionOptions } from '../../mqtt/session/options.ts';
import type { Will } from '../../mqtt/types.ts';
import type { Random } from '../../runtime/io.ts';
import { LARGEST_PACKET } from '../../util/byte-limits.ts';
import { DEFAULTS, type Settings } from '../options/settings.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { isExpiry, isExpiryTooLate, sessionExpiryOf, versionOf } from './checks.ts';
import { execReceiveMaximum, hasCommands } from './exec.ts';

/** For a spool, as each round trip costs a sync. MQTT 5 brokers announce a limit; others get at most 20, as from Mosquitto. */
const SPOOL_INFLIGHT = 500;
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function sessionPlan(settings: Settings, program: ProgramId, surroundings: LineSurroundings): SessionOptions {
  const { pid, random } = surroundings;
  const version = versionOf(settings, program);
  const maxPacketBytes = packetLimit(settings, program, surroundings);
  return {
    version,
    clientId: clientId(settings, version, pid, random),
    clean: !settings.keepSession,
    keepAlive: settings.keepAlive ?? DEFAULTS.keepAlive,
    username: settings.username,
    password: settings.password,
    will: willPlan(settings),
    properties: version === 5 ? connectProperties(settings, program, maxPacketBytes) : [],
    maxPacketBytes,
    disconnectProperties: disconnectProperties(settings),
    maxInflight:
      settings.maxInflight ?? (version === 5 && settings.spool !== undefined ? SPOOL_INFLIGHT : DEFAULTS.maxInflight),
    trace: settings.debug,
  };
}

/** What a health check receives of one message at most, in bytes: 16 MiB, so that its memory stays small on every machine. */
const CHECK_PACKET = 16_777_216;

/** tspub receives only short packets, so it does not determine the memory. */
function packetLimit(
  { maxPacketBytes }: Settings,
  program: ProgramId,
  { packetRoom }: LineSurroundings,
): number | undefined {
  if (program === 'check') return maxPacketBytes ?? CHECK_PACKET;
  return maxPacketBytes ?? (program === 'pub' ? undefined : packetRoom?.());
}

/** An empty client ID lets the broker choose. MQTT 3.1 does not support that, so there one of at most 23 characters is made. */
function clientId(settings: Settings, version: number, pid: number, random: Random): string {
  if (settings.id !== undefined) return settings.id;
  if (settings.idPrefix !== undefined) return `${settings.idPrefix}${pid}`;
  if (version !== 3) return '';
  const pick = () => ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)];
  return `mosq-${Array.from({ length: 18 }, pick).join('')}`;
}

function willPlan(settings: Settings): Will | undefined {
  const { willTopic: topic, willPayload, willQos, willRetain: retain, properties } = settings;
  if (topic === undefined) return undefined;
  const payload = willPayload ?? new Uint8Array(0);
  return { topic, payload, qos: willQos ?? DEFAULTS.willQos, retain, properties: properties.will };
}

function disconnectProperties(settings: Settings): readonly Property[] {
  const { disconnect } = settings.properties;
  return isExpiryTooLate(settings) ? disconnect.filter((entry) => !isExpiry(entry)) : disconnect;
}

/** In the order of the Mosquitto clients: properties of `-D`, session expiry, receive maximum; then ours. */
function connectProperties(settings: Settings, program: ProgramId, maxPacketBytes: number | undefined): Property[] {
  const properties = [...settings.properties.connect];
  const has = (name: PropertyName): boolean => properties.some((entry) => entry.name === name);
  const expiry = sessionExpiryOf(settings);
  if (expiry > 0) properties.push({ name: 'session-expiry-interval', value: expiry });
  if (!has('receive-maximum')) {
    // With `-C n`, at most n messages may be in flight, because the session would lose the others.
    const usual = hasCommands(settings) ? execReceiveMaximum(settings) : PROGRAMS[program].receiveMaximum;
    const most = Math.min(usual, settings.count ?? Number.POSITIVE_INFINITY);
    properties.push({ name: 'receive-maximum', value: most });
  }
  // The largest possible value need not be announced. A user who gives it twice gets an error, as with -x.
  if ((maxPacketBytes ?? LARGEST_PACKET) < LARGEST_PACKET)
    if (settings.maxPacketBytes !== undefined || !has('maximum-packet-size'))
      properties.push({ name: 'maximum-packet-size', value: maxPacketBytes! });
  return properties;
}
