/** What the request that opens a WebSocket may contain. */

/** Header fields of the WebSocket handshake (RFC 6455, 4.1), and fields that would announce a body. */
const HANDSHAKE = /^(connection|upgrade|sec-websocket-.*|transfer-encoding|content-length|trailer)$/i;

/** Whether only the handshake may set this field. */
export const isOfHandshake = (name: string): boolean => HANDSHAKE.test(name);

/** The target of a request: ASCII without spaces, and without a fragment [RFC 6455, 3]. */
const PATH = /^\/[!-"$-~]*$/;

export const isRequestPath = (text: string): boolean => PATH.test(text);

/** A token [RFC 9110, 5.6.2], a colon, and visible ASCII with spaces and tabs [RFC 9110, 5.5]. */
const HEADER = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\t -~]*)$/;

/** Name and value of a header line, or undefined when it is invalid. */
export function headerField(line: string): readonly [string, string] | undefined {
  const [, name, text] = HEADER.exec(line) ?? [];
  return name === undefined || text === undefined ? undefined : [name, text.replace(/[ \t]+$/, '')];
}
