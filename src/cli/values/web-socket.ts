/** Reads the values of the WebSocket options. Complaints do not show the value, because paths and headers may contain tokens. */
import { headerField, isOfHandshake, isRequestPath } from '../../util/web-socket-headers.ts';
import { usage } from '../complaint.ts';
import type { Kind } from './kinds.ts';

export function webSocketPath(): Kind<string> {
  return {
    type: 'text',
    read(word) {
      if (isRequestPath(word.text)) return word.text;
      throw usage(
        word.text.startsWith('/')
          ? "Error: Invalid WebSocket path, it must be ASCII without spaces and '#'; write %20 for a space."
          : "Error: Invalid WebSocket path, it must begin with '/'.",
      );
    },
  };
}

export function webSocketHeader(): Kind<readonly [string, string]> {
  return {
    type: 'text',
    read(word) {
      const field = headerField(word.text);
      if (field === undefined) {
        throw usage("Error: Invalid WebSocket header, it must be 'Name: value' in one line of ASCII.");
      }
      const [name] = field;
      if (isOfHandshake(name)) throw usage(`Error: The WebSocket header '${name}' cannot be set.`);
      return field;
    },
  };
}
