/** Which topic names and topic filters are valid, and which filter matches which topic [MQTT 5, 4.7]. */

/** The longest topic, in bytes of UTF-8 [MQTT-4.7.3-3]. */
const MAX_TOPIC_BYTES = 65_535;

/**
 * Whether the client may publish to the topic: no wildcard [MQTT-3.3.2-2], not empty [MQTT-4.7.3-1], no U+0000
 * [MQTT-4.7.3-2], at most MAX_TOPIC_BYTES.
 */
export function isTopicName(topic: string): boolean {
  return hasTopicForm(topic) && !hasWildcard(topic);
}

/** Most slashes that Mosquitto's clients and broker accept in a topic; they treat more as an attack. */
const MAX_SLASHES = 200;

/** Whether the topic has more levels than Mosquitto accepts. */
export const tooDeep = (topic: string): boolean => topic.split('/').length - 1 > MAX_SLASHES;

/** Whether the client may subscribe to it: `#` only as the last level [MQTT-4.7.1-1], `+` only as a whole level [MQTT-4.7.1-2]. */
export function isTopicFilter(filter: string): boolean {
  if (!hasTopicForm(filter)) return false;
  if (!hasWildcard(filter)) return true;
  const levels = filter.split('/');
  return levels.every((level, i) => {
    if (level.includes('#')) return level === '#' && i === levels.length - 1;
    return !level.includes('+') || level === '+';
  });
}

function hasTopicForm(text: string): boolean {
  return text.length > 0 && !text.includes('\0') && Buffer.byteLength(text) <= MAX_TOPIC_BYTES;
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** `$share/GROUP/FILTER` [MQTT 5, 4.8.2]. */
export function isSharedFilter(filter: string): boolean {
  return filter.startsWith('$share/');
}

/** Whether the filter matches the topic; a wildcard in the first level never matches a `$` topic [MQTT-4.7.2-1]. */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const wanted = filter.split('/');
  const given = topic.split('/');
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '#') return true;
    if (i >= given.length || (wanted[i] !== '+' && wanted[i] !== given[i])) return false;
  }
  return wanted.length === given.length;
}
