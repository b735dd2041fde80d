/** The options of options/session.ts in full sentences. */

const clientId = (apart: string): string =>
  `Use this client ID, which names the session at the broker; it can have up to 65535 bytes of text. If two clients use the same ID, the broker disconnects the older one, so give each its own. A persistent session (*-c*) needs a client ID. It cannot be combined with ${apart}.`;

export const SESSION = {
  '-i': {
    pub: clientId('*-I* or *--spool*, which has an ID of its own'),
    sub: clientId('*-I*'),
    rr: clientId('*-I*'),
  },
  '-I': 'Use a client ID of this prefix and the process ID: *-I job-* gives, for example, *job-4711*. It helps with a broker that accepts only IDs with a certain prefix. The ID is different in each run, so use *-i* for a persistent session (*-c*).',
  '-c': {
    pub: 'Use a persistent session: the broker keeps the session of this client ID after the run. *tspub* itself does not continue an earlier run; to send messages in a later run, use *--spool*. With MQTT 5, *-x* limits the lifetime of the session.',
    sub: "Use a persistent session: until the next run with *-c* and the same *-i*, the broker keeps the subscriptions and queues messages of QoS 1 and 2. Both the publisher and *-q* must use QoS 1 or 2. A run without *-c* ends the session; with MQTT 5, *-x* limits its lifetime. A broker can drop messages at its own limit, which is 1,000 for Mosquitto by default. Example: *tssub -c -i logger -q 1 -t 'home/#'*.",
    rr: 'Use a persistent session: after the run, the broker keeps the subscription to the response topic and queues responses of QoS 1 and 2. The next run ignores messages that arrive before its own request. With MQTT 5, *-x* limits the lifetime of the session.',
  },
  '-x': 'Ask the broker to keep the session for this many seconds after disconnect. With 0 it ends at disconnect; -1 and the largest value, 4294967295, mean forever, which needs *-i*. The broker can shorten the time. This option selects MQTT 5, and has no effect with a later *-V 31* or *-V 311*. See also *-c*.',
  '-M': {
    pub: 'Keep at most this many messages of QoS 1 and 2 unacknowledged, 1 to 65535. A larger value is faster over a slow network, and more messages can arrive twice after a lost connection at QoS 1. With MQTT 5 the receive maximum of the broker applies if it is smaller. With *--spool* and MQTT 5 the default is 500.',
    sub: 'Keep at most this many messages unacknowledged that *tssub* itself sends, such as dead letters; the range is 1 to 65535. To limit the messages that arrive before they are acknowledged, use *-D connect receive-maximum* _COUNT_.',
    rr: 'Keep at most this many messages of QoS 1 and 2 unacknowledged, 1 to 65535. *tsrr* sends only one message, so this option makes no difference.',
  },
  '--max-packet-size':
    'Accept no packet of more than this many bytes, 1 to 268435460; the largest value means no limit. With MQTT 5 the broker drops larger messages without notice. Before MQTT 5 a larger packet ends the connection with exit status 2. *-D connect maximum-packet-size* sets the same with MQTT 5; do not give both.',
  '-u': 'Log in as this user, with the password of *--password-file*. The name can have up to 65535 bytes of text without control characters. If the broker rejects the login, the exit status is 4 or 5 before MQTT 5, and usually 134 or 135 with MQTT 5. With TLS, the name and password are sent only after the certificate of the broker is verified.',
  '-P': 'Log in with this password, which can have up to 65535 bytes. Other users of this computer can see it on the command line, so prefer *--password-file* or the environment. Before MQTT 5 it needs a user name (*-u*); without one the exit status is 1. It cannot be combined with *--password-file*.',
  '--password-file':
    'Log in with the password in this file: all of it, except one newline at its end. Make the file readable only by you (*chmod 600*); otherwise a warning is printed. The path */dev/stdin* reads standard input, such as the output of a password manager. If the file is missing or empty, the exit status is 1. It cannot be combined with *-P*.',
} as const;
