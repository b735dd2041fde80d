/**
 * What the peer can send that the standard forbids. Any bytes lead to one of two kinds: `malformed` (the packet cannot
 * be parsed) or `protocol` (it parses, but must not be sent) [MQTT 5, 1.2 and 4.13].
 */
export type PacketErrorKind = 'malformed' | 'protocol';

export class PacketError extends Error {
  readonly kind: PacketErrorKind;
  /** The MQTT 5 reason code for the DISCONNECT that reports this error. */
  readonly code: number;

  constructor(kind: PacketErrorKind, message: string, code = kind === 'malformed' ? 0x81 : 0x82) {
    super(message);
    this.name = 'PacketError';
    this.kind = kind;
    this.code = code;
  }
}

/** Always throws: the bytes cannot be parsed. */
export function malformed(message: string): never {
  throw new PacketError('malformed', message);
}

/** Always throws: the packet parses, but the standard forbids it. `code` is the reason code to send, 0x82 by default. */
export function protocolError(message: string, code?: number): never {
  throw new PacketError('protocol', message, code);
}
