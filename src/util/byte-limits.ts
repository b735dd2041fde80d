/** Which byte limits other standards set. */

/** The longest path that fits into the address of a unix socket on Linux [unix(7)]. */
export const UNIX_PATH_BYTES = 107;
/** The longest user name and the longest password of SOCKS5: one byte holds the length [RFC 1929, 2]. */
export const SOCKS_SECRET_BYTES = 255;
/** The longest protocol name of ALPN: one byte holds the length [RFC 7301, 3.1]. */
export const ALPN_BYTES = 255;
/** Bytes of the largest MQTT packet: a fixed header of five, and the largest remaining length [MQTT 5, 1.5.5]. */
export const LARGEST_PACKET = 5 + 268_435_455;
