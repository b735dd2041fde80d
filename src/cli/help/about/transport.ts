/** The options of options/transport.ts in full sentences. */

const RETRY =
  'Repeat an attempt to connect up to this many times, after failures that can pass: host not found, connection refused or lost, broker busy. A wrong password or certificate ends the run at once.';

export const TRANSPORT = {
  '--ws':
    'Connect over WebSocket; a URL with *ws://* or *wss://* does the same. The default port stays that of MQTT, so give the WebSocket port of the broker with *-p*, for example *--ws -p 9001*. It can be combined with TLS and a proxy. If the server rejects the WebSocket handshake, the error shows its response, and the exit status is 13. See also *--ws-path* and *--ws-header*.',
  '--ws-path':
    'Request this path from the WebSocket server. The path begins with a slash and is ASCII without # and spaces; write %20 for a space. It can have a query, such as */mqtt?token=x*. It needs *--ws* or a *ws://* URL; otherwise the exit status is 1.',
  '--ws-header':
    "Send this header with the WebSocket request, for example *--ws-header 'Authorization: Bearer TOKEN'*. Repeat the option for several headers. Headers that belong to the handshake itself, such as *Upgrade*, are rejected. It needs *--ws* or a *ws://* URL. Other users of this computer can see a token on the command line, so prefer an options file.",
  '--proxy':
    'Connect through a proxy: *socks5h://USER:PASSWORD@HOST:PORT*, or the same with *http://*, where user, password and port can be left out. The default port is 1080 for SOCKS5 and 8080 for HTTP, where the proxy must allow CONNECT. The proxy looks up the name of the broker. The exit status is 11 if the proxy rejects the login, 4 if a SOCKS proxy cannot reach the broker, and usually 16 otherwise. It cannot be combined with *--unix*.',
  '--connect-timeout':
    'Give up an attempt to connect after this many seconds; fractions are allowed, such as 2.5, and 0 sets no limit. The time covers name lookup, connection, proxy, TLS, WebSocket and the first response of the broker. When the time is up, the exit status is 1, unless *--retry* allows another attempt.',
  '--retry': {
    pub: `${RETRY} Without this option, the first failure to connect ends the run, and so does a lost connection; only *-l* and *--json-lines* keep reconnecting. The count starts again after a connection that worked. Example: *--retry 5 --retry-max-time 60*.`,
    sub: `${RETRY} Without this option, *tssub* exits if the first connection fails, and keeps reconnecting after a lost connection. With it, the limit applies to both, and the count starts again after a connection that worked.`,
    rr: `${RETRY} Once the broker has accepted the connection, *tsrr* does not connect again, and a lost connection ends the run.`,
  },
  '--retry-delay':
    'Wait this many seconds before each new attempt to connect; fractions are allowed, and 0 means the default. By default the waits are 1, 2, 4 seconds and so on, up to 30. Each wait after the first is up to a quarter shorter, at random, so that many clients do not reconnect at the same moment. See *--retry*.',
  '--retry-max-time':
    'Start no attempt to connect later than this many seconds after the first of several failures in a row. Fractions are allowed; 0 means no limit. The run ends when either this limit or the COUNT of *--retry* is reached.',
  '--explain':
    'Print each step of connecting on standard error: name lookup, connection, proxy, TLS with the certificates, WebSocket and MQTT. If a step fails, a line shows what to change. Passwords and keys are never printed. The work is done as usual, with the same exit status.',
} as const;
