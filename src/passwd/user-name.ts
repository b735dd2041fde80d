/** Which user names an entry can have. Lengths and bytes are counted before any decoding. */
import { isBlank } from './lines.ts';

const LONGEST = 65_535;

/** The rules of mosquitto_passwd in its order and words, also for deleting a user. */
export function nameFault(user: Buffer): string | undefined {
  if (user.length > LONGEST) return 'Username must be less than 65536 characters long.';
  if (user.some((byte) => byte < 32 || byte === 127)) return 'Username must not contain control characters.';
  if (user.includes(58)) return "Username must not contain the ':' character.";
  return undefined;
}

/** Rejects names that mosquitto_passwd writes, but that make an entry useless or stop the broker. */
export function newNameFault(user: Buffer): string | undefined {
  if (user.length === 0) return 'Username must not be empty.';
  if (isBlank(user[0]) || isBlank(user.at(-1))) return 'Username must not begin or end with a space.';
  if (user[0] === 35) return "Username must not begin with '#': the line would be a comment.";
  // U+0080 to U+009F: brokers close the connection of such a client.
  if (/[\u0080-\u009f]/.test(user.toString('utf8'))) return 'Username must not contain control characters.';
  return undefined;
}

export function passwordFault(password: Buffer): string | undefined {
  if (password.length > LONGEST) return 'Password must be less than 65536 characters long.';
  return password.length === 0 ? 'Empty password.' : undefined;
}
