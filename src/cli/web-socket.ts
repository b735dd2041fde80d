/** What can be chosen of a WebSocket request. Complaints do not show what was typed: tokens travel in paths and headers. */
import { isOfHandshake } from '../util/web-socket-headers.ts';
import { close } from './complaint.ts';
import type { Kind } from './kinds.ts';

/** The target of a request: ASCII without blanks, and no fragment [RFC 6455, 3]. */
const PATH = /^\/[!-"$-~]*$/;

export function webSocketPath(): Kind<string> {
  return {
    type: 'text',
    read(word) {
      if (PATH.test(word.text)) return word.text;
      throw close(
        word.text.startsWith('/')
          ? "Error: Invalid WebSocket path, it must be ASCII without blanks and '#'; write %20 for a blank."
          : "Error: Invalid WebSocket path, it must begin with '/'.",
      );
    },
  };
}

/** A token [RFC 9110, 5.6.2], a colon, and visible ASCII with blanks [RFC 9110, 5.5]. */
const HEADER = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\t -~]*)$/;

export function webSocketHeader(): Kind<readonly [string, string]> {
  return {
    type: 'text',
    read(word) {
      const [, name, text] = HEADER.exec(word.text) ?? [];
      if (name === undefined || text === undefined) {
        throw close("Error: Invalid WebSocket header, it must be 'Name: value' in one line of ASCII.");
      }
      if (isOfHandshake(name)) throw close(`Error: The WebSocket header '${name}' cannot be set.`);
      return [name, text.replace(/[ \t]+$/, '')];
    },
  };
}
