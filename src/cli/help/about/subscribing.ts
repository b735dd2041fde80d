/** The options of options/subscribing.ts in full sentences; -t, -q and -0 are in publishing.ts. */
export const SUBSCRIBING = {
  '-U': 'Unsubscribe from _FILTER_, which must be written as it was subscribed to. It is for a persistent session (*-c* *-i* _ID_), where subscriptions of earlier runs remain. *tssub* then goes on printing messages of the other subscriptions; *-E* makes it exit instead. If the broker rejects the request, *tssub* prints a warning, and with *-E* the reason code is the exit status. Example: *tssub -c -i logger -U home/lamp -E*.',
  '-T': "Ignore messages whose topic matches _FILTER_. They are acknowledged, and neither printed nor counted by *-C* nor given to *--exec*. The broker still sends them. Example: *tssub -v -t 'home/#' -T 'home/debug/#'*.",
  '-C': 'Exit after _COUNT_ messages, with exit status 0. Messages that *-R* or *-T* ignores do not count; those that *--random-filter* leaves out do. Messages after the last one are not acknowledged, so in a persistent session the broker keeps them for the next run. Without *-C*, *tssub* runs until *-W*, *-E*, *--drain* or a signal ends it. See also *--strict-count*.',
  '-W': {
    sub: 'Exit after _SECONDS_, 1 or more, with a fraction if you like. The time counts from the start of *tssub*, so it includes connecting. The exit status is 27, whether messages arrived or not; with *--strict-count* it is 29 if some arrived, but fewer than *-C*. It is 255 if there was no connection yet. Example: *tssub -t home/lamp -C 1 -W 5*.',
    rr: 'Give up after _SECONDS_, 1 or more, with a fraction if you like, and exit with 27. The time counts from the start of *tsrr*, so it includes connecting. Without *-W*, *tsrr* waits for the response indefinitely. Example: *tsrr -t time/get -e time/now -m x -W 5*.',
  },
  '-E': "Exit when the broker has answered the subscriptions (*-t*), or without any *-t* the requests to unsubscribe (*-U*). In a persistent session the broker queues messages from then on, until the next run. If the broker rejects a subscription, its reason code is the exit status. Example: *tssub -c -i logger -q 1 -t 'alarm/#' -E*.",
  '--ready':
    'Write the line *ready* to _FILE_ when the broker has granted every subscription, so that a script can go on. _FILE_ appears complete, and is removed when *tssub* exits. After *kill -9* it stays, so run *rm -f* _FILE_ before you start *tssub*. If _FILE_ is a named pipe, its reader gets the line, or end of file if *tssub* exits first. A file with other content is not accepted. If the broker rejects a subscription, *tssub* exits with the reason code.',
  '--ready-fd':
    'Write the line *ready* to the open file descriptor _NUMBER_, 3 or more, when the broker has granted every subscription. *tssub* then closes it, as the readiness notification of s6 expects. If the descriptor has no reader any more, that is not an error. See also *--ready*.',
  '-R': {
    sub: 'Ignore retained messages, and print only those published from now on. With MQTT 5, *tssub* asks the broker not to send any, unless *--retain-handling* says otherwise. Without *-R*, the broker begins with the retained message of each topic. *-R* cannot be used with *--retained-only*.',
    rr: 'Ask the broker not to send retained messages of the response topic (MQTT 5). *tsrr* ignores them anyway, unless *--retain-as-published* is given. Use both options if the response is published with the retain flag.',
  },
  '--retained-only':
    "Print retained messages, and exit with 0 at the first message that is not retained. That message is not printed. While only retained messages arrive, *tssub* keeps waiting, so limit the time with *-W* (exit status 27) or the number with *-C*. With *-C 1*, exit status 0 and no output mean that nothing is retained. Example: *tssub -v -t 'home/#' --retained-only -W 2*.",
  '--remove-retained':
    'Delete each retained message from the broker after it was printed. *tssub* publishes an empty retained message at QoS 1 on its topic, and waits for the acknowledgement before it exits. Messages that *-T* ignores stay. If the broker rejects that message, the exit status is the reason code. Use it with *--retained-only* and *-W* to clear a tree of topics.',
  '--retain-as-published':
    'Keep the retain flag as the publisher set it (MQTT 5). Without it, a broker sets the flag only on messages that it had stored before the subscription. It matters for *%r* and *%j* in *-F*, and to copy messages to another broker. Before MQTT 5 it has no effect, and a warning is printed.',
  '--retain-handling':
    'When the broker is to send retained messages (MQTT 5). *always*: after every subscription. *new*: only if the session does not have the subscription yet. *never*: not at all. Before MQTT 5 it has no effect, and a warning is printed. See also *-R*.',
  '--random-filter':
    'Print about _PERCENT_ of the messages, 0.1 to 100, chosen at random. The others are acknowledged, and count for *-C*. Example: *--random-filter 1* prints one message in a hundred of a busy topic.',
  '-e': 'Topic on which *tsrr* waits for the response. It has no wildcards. With MQTT 5, the default, the request names it as its response topic, so the responder can read it there. Before MQTT 5 the responder must know it. Give every run its own topic, such as time/now/$$, or use correlation data (*-D publish correlation-data* _DATA_).',
  '--latency':
    'After the response, print a line with the time from sending the request to receiving the response, such as *Latency: 1.742000ms*. Without a response nothing is printed.',
} as const;
