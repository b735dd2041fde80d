/** The options of options/connection.ts in full sentences. */

const url = (topic: string): string =>
  `Give the broker and ${topic} in one URL: *mqtt://USER:PASSWORD@HOST:PORT/TOPIC*, where user, password and port can be left out. The schemes are *mqtt*, *mqtts* (TLS), *ws* (WebSocket) and *wss* (WebSocket over TLS); *mqtts* and *wss* trust the CA certificates of the system. Write special characters with a percent sign, such as *%40* for @, and an IPv6 address in brackets. A later option overrides its part of the URL, for example *-p* the port. Other users of this computer can see a password on the command line, so prefer *--password-file*.`;

const VERSION_WORDS =
  'Use this version of MQTT: *mqttv31*, *mqttv311* or *mqttv5*, or in short *31*, *311* or *5*. *-D* and *-x* select MQTT 5, unless a later *-V* selects another version.';

const UNSUPPORTED = 'If the broker does not support the version, the exit status is usually 1 or 132.';

export const CONNECTION = {
  '-h': 'Connect to the broker at this host name, IPv4 address, or IPv6 address without brackets. If a name has several addresses, each is tried in turn. If the name is unknown or no address accepts a connection, the exit status is 1. See also *-p*, *-L* and *--unix*.',
  '-p': 'Connect to this port of the broker, 1 to 65535; with 0, _HOST_ is the path of a unix socket. The default is 8883 with *--cafile*, *--capath*, *--tls-use-os-certs* or *--psk*, which turn TLS on. *-p 8883* turns TLS on as well, and trusts the CA certificates of the system unless you name others. For plain MQTT on that port, add *--no-tls*.',
  '-L': {
    pub: url('the topic to publish to'),
    sub: url('the topic filter to subscribe to'),
    rr: url('the topic of the request'),
  },
  '--unix':
    'Connect to the unix socket at this path instead of a host and port, as *-h* _PATH_ *-p 0* does. A path can have up to 107 bytes. *--proxy* and *-S* cannot be combined with it.',
  '-A': 'On a computer with several network addresses, connect from this one, for example that of a VPN. Give an IPv4 or IPv6 address of this computer, or a name for one; the broker must have an address of the same family. If it cannot be used, the exit status is 1.',
  '-S': 'Find the hosts and ports of the broker in DNS, in the SRV records *_mqtt._tcp.HOST*, or *_secure-mqtt._tcp.HOST* with TLS. They are tried by priority and weight, and a port from *-p* has no effect. With TLS, the certificate must be for the host in the record if that host is _HOST_ or below it, otherwise for _HOST_. If DNS has no such record, the exit status is 1.',
  '--nodelay':
    'This option has no effect, because packets are always sent at once. It exists so that command lines for the Mosquitto clients work.',
  '-k': 'Send a ping to the broker after this many seconds without sending anything, 5 to 65535. If nothing arrives from the broker for half that time after the ping, the connection has failed. The exit status is then 19, unless the program connects again. With MQTT 5, the broker can set another value.',
  '-V': {
    pub: `${VERSION_WORDS} Before MQTT 5, a broker acknowledges even a message that its access rules forbid, and the exit status is 0. With *-V 5* the reason code of a rejected message is the exit status, such as 135 for "not authorized". ${UNSUPPORTED}`,
    sub: `${VERSION_WORDS} With MQTT 5, messages can have properties, and the reason code of a rejected connection or subscription is the exit status, such as 135 for "not authorized". ${UNSUPPORTED}`,
    rr: `${VERSION_WORDS} With MQTT 5, the request has the response topic as a property, and the reason code of a rejection is the exit status. Before MQTT 5, the responder must know the response topic in advance. ${UNSUPPORTED}`,
  },
} as const;
