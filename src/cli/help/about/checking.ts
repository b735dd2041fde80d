/** The options of options/checking.ts in full sentences, and those that mean something else in tscheck than in other programs. */
export const CHECKING = {
  up: 'Connect, and report OK when the broker accepts the connection. *--warn* and *--critical* limit the time from the first step to CONNACK. *--wait* retries while the broker is down. A failure that time cannot change, such as a wrong password, is reported at once.',
  roundtrip:
    'Subscribe to a topic, publish a message with a random payload to it, and report OK when the message comes back. At QoS 1 (the default) and 2 the broker must also acknowledge it. *--warn* and *--critical* limit the time from PUBLISH until both have happened. The default topic is *tscheck/*_CLIENTID_; *-t* names another one. If an access rule forbids the topic, MQTT 5 (the default) reports that at QoS 1 and 2.',
  fresh:
    'Report OK if every topic that matches a *-t* FILTER has had a message within *--older-than*. Topics are known from retained messages, from messages that arrive, and from *--state*. Without *--json* and *--state*, only listening shows the age of a message. So the check listens for as long as *--older-than*, or less if every topic gets a message earlier. CRITICAL names the silent topics. UNKNOWN means that it listened for less (*--for*) and cannot judge.',
  value:
    'Compare the retained value of each topic with *--warn*, *--critical* and *--match*. The value is the payload as text, or the part that *--json* names; true is 1 and false is 0. If nothing is retained, the check waits for the next message for the time of *--wait*, 0 by default. No value, or a value that is not a number, is UNKNOWN. With several topics the worst counts.',
  cert: 'Make the TLS handshake, and report the days until the certificate of the broker expires. The certificates above it and that of *--cert* are judged too. A handshake that fails is CRITICAL, and a file of your own that cannot be used is UNKNOWN. Nothing is sent after the handshake.',
  limits:
    'Connect with MQTT 5, and report what CONNACK grants: *max-qos*, *retain*, *packet-size*, *receive-maximum*, *topic-aliases*, *wildcards*, *shared*, *subscription-ids*, *keepalive*, *session-expiry* and *assigned-id*. *--require* compares them with what you need.',
  sys: 'Read the figures that the broker publishes below $SYS, and compare them with *--warn* and *--critical*. A figure has one name for Mosquitto, EMQX and FlashMQ: *uptime*, *clients-connected*, *clients-total*, *subscriptions*, *retained*, *stored*, *messages-received*, *messages-sent*, *dropped*, *bytes-received*, *bytes-sent*, *heap*. The names of EMQX and FlashMQ are from their documentation. A topic below $SYS is a name too.',
  '--checks':
    'Run each line of this file as a check: *value -t home/temp --critical 5:30*. Words are quoted as in a shell; nothing is expanded. Empty lines and lines that begin with # are ignored. Options on the command line apply to every line. Checks that need the same connection share it, and the worst status wins.',
  '--name': 'The name of the check in the report, instead of its kind and the broker.',
  '--warn':
    'The limit beyond which the check is WARNING. For *up* and *roundtrip* it is the longest good time, such as *200ms*. For *cert* it is the shortest time until the certificate expires, *30d* by default. For *value* it is a range; for *sys* it is _NAME_=_RANGE_ and may be repeated. See RANGES.',
  '--critical':
    'The limit beyond which the check is CRITICAL, written like that of *--warn*. The default of *cert* is *7d*.',
  '--older-than':
    'The longest silence of a topic that is still good, such as *90s*, *15m*, *2h* or *1d*. A number without a unit is seconds. *fresh* needs it.',
  '--for':
    'How long *fresh* listens at most, such as *60s*. It ends earlier when every topic has had a message. The default is the time of *--older-than*, and 0 with *--json* or *--state*.',
  '--min': 'The number of topics that *fresh* must find. With fewer the check is CRITICAL.',
  '--state':
    'A file in which *fresh* remembers topics from run to run, so that a short run can judge a long silence. A topic is silent if its last message, or else its first sighting, is older than *--older-than*. Another retained payload than in the last run counts as a message. The file is replaced as a whole. A topic that no longer exists stays in it: delete its row, or the file.',
  '--json':
    'Where in a JSON payload the value is: *.state.temp*, *.list[0]*, *."a key"*. For *fresh* it is where the time of the message is: ISO 8601, or seconds, milliseconds or microseconds since 1970.',
  '--match':
    'A regular expression of JavaScript that the text of the value must match. If it does not, the check is CRITICAL. *^on$* matches the whole text. An expression that runs for more than a second is UNKNOWN.',
  '--require':
    'What CONNACK must grant, separated by commas: *max-qos=2,retain=yes,packet-size>=1000000*. The operators are =, >=, <=, > and <; yes is 1 and no is 0. It may be repeated.',
  '--wait':
    'For *up*: try again for this time, such as *60s*, until the broker accepts the connection. For *value* and *sys*: how long to wait for a message if nothing is retained. A number without a unit is seconds. The default is 0.',
  '--timeout':
    'The limit of a check as a whole, from the name lookup to the verdict, such as *5s*. A check that reaches it is CRITICAL, or has the verdict on what has arrived.',
  '--format':
    '*nagios*: one line for monitoring plugins, with performance data, then further lines. *text*: a line for each check, for people. *json*: one object; docs/monitoring.md describes it. *prometheus*: the text format of Prometheus, for the textfile collector of node_exporter.',
  '--output':
    'Write the report to this file instead of standard output. The file is written under another name and then renamed, so that a reader never sees half of it. If it cannot be written, the exit status is 3.',
  '-t': 'Topic or topic filter to check, such as home/lamp or home/#. Quote a filter that has #, so that the shell does not read a comment. *fresh* and *value* need at least one, and *-t* may be repeated for them. *roundtrip* publishes to the last one, which has no wildcards.',
  '-q': 'Quality of service: 0, 1 or 2. *roundtrip* publishes and subscribes at this QoS, 1 by default, and is CRITICAL if the broker grants less. *fresh* and *value* subscribe at it. Use 0, the default, for them: a broker sends all retained messages of QoS 0 before it answers the ping that shows the end.',
  '-L': 'Connect to the broker in this URL: mqtt[s]|ws[s]://[USER[:PASSWORD]@]HOST[:PORT][/TOPIC]. The schemes *mqtts* and *wss* turn on TLS. A topic counts like one of *-t*. Other users of the machine can see a password on the command line.',
  '-V': 'The MQTT version: mqttv31, mqttv311 or mqttv5 (31, 311, 5). With MQTT 5, the default, a broker gives the reason of a refusal. If a broker does not support it, use *-V 311*; *limits* needs MQTT 5.',
  '-i': 'The client ID of the connection. A broker ends an older connection with the same ID, so do not use the ID of another client. The default is tscheck- and eight random digits.',
  '-I': 'Use a client ID of this prefix and the process ID: *-I job-* gives, for example, *job-4711*. It helps with a broker that accepts only IDs with a certain prefix.',
  '--connect-timeout':
    'Give up an attempt to connect after this many seconds; fractions are allowed, such as 2.5, and 0 sets no limit. It matters for *up --wait*, which then tries again. *--timeout* limits the check as a whole.',
  '--color': 'When to use color: *auto* on a terminal, *always* or *never*. Errors and lines of *-d* are colored.',
  '--completion':
    'Print a script for *bash*, *zsh* or *fish* that completes options, their values and file names. To load it, put *eval "$(tscheck --completion bash)"* into *~/.bashrc*, or the same line with *zsh* into *~/.zshrc*.',
  '-d': 'Print a line for each packet sent and received, in the words of the Mosquitto clients. The lines go to standard error, because standard output is for the report. To find out why a connection fails, use *--explain*.',
  '--quiet': 'Print neither the report nor hints: the exit status is the result. *--output* still writes its file.',
} as const;
