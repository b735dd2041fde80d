/** Header fields that belong to the handshake of WebSocket (RFC 6455, 4.1), or would announce a body. */
const HANDSHAKE = /^(connection|upgrade|sec-websocket-.*|transfer-encoding|content-length|trailer)$/i;

/** Whether nobody but the handshake itself may set this field. */
export const isOfHandshake = (name: string): boolean => HANDSHAKE.test(name);
