/** How many bytes fit where the length is not ours to choose. */

/** The longest path that fits into the address of a unix socket on Linux [unix(7)]. */
export const UNIX_PATH_BYTES = 107;
/** User name and password of SOCKS5, each: a byte holds the length [RFC 1929, 2]. */
export const SOCKS_SECRET_BYTES = 255;
/** A protocol name of ALPN: a byte holds the length [RFC 7301, 3.1]. */
export const ALPN_BYTES = 255;
/** Bytes of the largest MQTT packet: five of fixed header, and the largest remaining length [MQTT 5, 1.5.5]. */
export const LARGEST_PACKET = 5 + 268_435_455;
