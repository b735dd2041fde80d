/**
 * The peer sent something the standard forbids. These are the only two kinds there are, whatever bytes arrive:
 * `malformed` (it cannot be parsed) and `protocol` (it parses, and must not be sent) [MQTT 5, 1.2 and 4.13].
 */
export type PacketErrorKind = 'malformed' | 'protocol';

export class PacketError extends Error {
  readonly kind: PacketErrorKind;
  /** The MQTT 5 reason code that a DISCONNECT about it carries. */
  readonly code: number;

  constructor(kind: PacketErrorKind, message: string, code = kind === 'malformed' ? 0x81 : 0x82) {
    super(message);
    this.name = 'PacketError';
    this.kind = kind;
    this.code = code;
  }
}

/** Throws: the bytes cannot be parsed. Never returns. */
export function malformed(message: string): never {
  throw new PacketError('malformed', message);
}

/** Throws: the packet parses and is forbidden all the same. `code` is the reason code to send, 0x82 unless named. */
export function protocolError(message: string, code?: number): never {
  throw new PacketError('protocol', message, code);
}
