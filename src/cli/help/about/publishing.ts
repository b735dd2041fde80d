/** The options of options/publishing.ts in full sentences, and those of their names that other files have too: -t, -q and -0. */
export const PUBLISHING = {
  '-t': {
    pub: 'Topic to publish to, such as home/lamp. It has levels separated by slashes, and no wildcards. One run publishes to one topic: of several *-t* the last one is used, with a warning. With *--json-lines* this topic replaces that of every record. For a topic in each line, see *--topic-from-line*.',
    sub: 'Topic filter to subscribe to, such as home/lamp. The wildcard + matches one level, and # at the end matches all levels below. Quote a filter that has #, so that the shell does not read a comment. Repeat *-t* for more filters. With *$share/*_GROUP_*/*_FILTER_ the broker gives each message to only one of the clients in _GROUP_. See also *-T*, *-U*.',
    rr: 'Topic to publish the request to. It has no wildcards. Of several *-t* the last one is used, with a warning. *-e* names the topic of the response.',
  },
  '-m': {
    pub: 'Publish _TEXT_ as one message. Its bytes are sent as they are, without a newline. Other users of the machine can read _TEXT_ in the process list. If that matters, use *-f* or *-s*.',
    rr: 'Send _TEXT_ as the request. Its bytes are sent as they are, without a newline. Other users of the machine can read _TEXT_ in the process list. If that matters, use *-f* or *-s*.',
  },
  '-f': 'Send the contents of _FILE_ as one message, byte for byte. _FILE_ may be a pipe or a device, such as */dev/stdin*. An MQTT message has at most 268435455 bytes, its topic and properties included. If _FILE_ cannot be read or is too large, the exit status is 1 and nothing is sent.',
  '-s': 'Send all of standard input as one message, byte for byte. A newline at its end belongs to the message. Nothing is sent before the end of standard input. If it is empty, or longer than 268435455 bytes, the exit status is 1. For an empty message use *-n*.',
  '-l': 'Send each line of standard input as a message, without its newline. A last line without a newline is sent too. *tspub* reads no faster than the broker accepts messages. If the connection is lost, it connects again and sends what was not acknowledged (QoS 1 and 2). At QoS 0, lines can be lost with the connection, and then the exit status is 7. See also *-0*, *--unsent*, *--summary*.',
  '--topic-from-line':
    "With *-l*: read from each line a topic, a tab and a payload. *--delimiter* sets another separator. *-t* has no effect then. At the first line that has no valid topic, *tspub* stops reading, waits for what was sent, and exits with 3. Example: *printf 'home/a\\t1\\n' | tspub -l --topic-from-line*.",
  '--delimiter':
    'With *--topic-from-line*: text between topic and payload. The topic ends at the first _TEXT_ of the line; later ones belong to the payload. _TEXT_ may have several characters, and may not be empty. Example: *--delimiter =* reads lines such as home/a=1.',
  '--json-lines':
    'Send one message for each line of standard input. Each line is a JSON object in the format of *tssub -F %j*, with topic, payload, qos, retain and properties. Properties need *-V 5*. *-t*, *-q*, *-r* and *-D publish* replace the values in the lines. At a line that is not a valid message, *tspub* stops reading, waits for what was sent, and exits with 3. See also *--replay-speed*.',
  '--replay-speed':
    'With *--json-lines*: send the messages at the pace of the recording. _SPEED_ 1 keeps the recorded pauses, 2 halves them, and 0.5 doubles them; *max* sends without pauses. A number needs a time (tst) in every record, which *tssub -F %j* writes. The option cannot be used with *--spool*.',
  '-0': {
    pub: 'With *-l* or *--json-lines*: a record of standard input ends with NUL, not with a newline. Newlines are then part of the message. *--unsent* writes records that end in NUL too. Example: *find docs -print0 | tspub -t files -l -0*.',
    sub: 'End each message with NUL instead of a newline, so that payloads may have newlines in them. An empty payload prints its NUL too. *tspub -l -0* and *xargs -0* read such output. *-0* cannot be used with *-N*, and has no effect with *--exec*.',
    rr: 'End the response with NUL instead of a newline. *-0* cannot be used with *-N*.',
  },
  '-n': {
    pub: 'Send a message without payload. With *-r* it deletes the message that the broker had retained on the topic. Example: *tspub -t home/lamp -n -r*.',
    rr: 'Send a request without payload.',
  },
  '-r': 'Ask the broker to retain the message: to store it and send it to every later subscriber of the topic. A topic has one retained message, so a new one replaces the old one. *-n -r* deletes it. If an MQTT 5 broker reports that it does not support retained messages, nothing is sent and the exit status is 10.',
  '--repeat':
    'Send the same message _COUNT_ times, 1 or more. The next one is sent after the one before it was acknowledged (QoS 1 and 2) or written (QoS 0). See *--repeat-delay* for a pause. *--repeat* has no effect with *-l* and *--json-lines*.',
  '--repeat-delay':
    'With *--repeat*: wait _SECONDS_ before the message is sent again. A fraction is allowed, such as 0.5. The pause begins when the message was acknowledged (QoS 1 and 2) or written (QoS 0). *--spool* ignores the pause.',
  '--unsent':
    'Save every message that was not delivered in _FILE_. At QoS 1 and 2 these are the messages that the broker rejected or did not acknowledge; at QoS 0, those that *tspub* did not write. With *-l*, the rest of standard input after a failure is saved, too. _FILE_ is created with mode 0600 when there is something to save. If _FILE_ has content before the run, nothing is sent and the exit status is 1. To send the saved messages, use _FILE_ as standard input of *tspub -l*. If other options are needed, the last line on standard error names them. *--unsent* cannot be used with *--spool*.',
  '--ack-timeout':
    'Exit with 27 if the broker acknowledges nothing for _SECONDS_ while messages are waiting for it. A fraction is allowed. Without it, *tspub* waits as long as the broker answers pings, and prints a warning every 30 seconds. The option has no effect at QoS 0.',
  '--summary':
    'At the end, print one line of counts on standard error, also with *--quiet*. At QoS 1 and 2 it counts messages sent, acknowledged, rejected (refused), sent again, and saved by *--unsent*. At QoS 0 it counts those written and rejected. The option cannot be used with *--spool*. Example: *sent 2, acknowledged 2, refused 0, resent 0*.',
  '-q': {
    pub: 'Quality of service of the message: 0, 1 or 2. It decides what exit status 0 means. QoS 0: the broker read every message, because it answered a ping after the last one and the connection closed cleanly. QoS 1 and 2 with MQTT 3.1.1 (the default) or 3.1: the broker acknowledged every message. It also acknowledges a message that its access rules forbid, and drops it. QoS 1 and 2 with *-V 5*: the broker acknowledged every message with success. The reason code of a rejected message is the exit status, such as 135 for "not authorized". After a lost connection a message of QoS 1 can arrive twice; one of QoS 2 cannot, while the broker keeps the session. No QoS reports that a subscriber received the message.',
    sub: 'Highest quality of service at which the broker sends messages: 0, 1 or 2. A message arrives at this QoS or that of its publisher, whichever is lower. Brokers usually queue messages of QoS 1 and 2 for a persistent session (*-c* *-i* _ID_), and none of QoS 0. *tssub* acknowledges a message after standard output has accepted it or, with *--exec*, after its command exited with 0. After a lost connection a message of QoS 1 can arrive twice.',
    rr: 'Quality of service of the request, and the highest one for the response: 0, 1 or 2. If an MQTT 5 broker rejects a request of QoS 1 or 2, its reason code is the exit status: 135 for "not authorized". A rejected request of QoS 0 is dropped silently, so set *-W* to end the wait.',
  },
} as const;
