/** What the manual pages of the clients say besides the tables. `*x*` is to be typed as it is, `_X_` stands for a value. */
import type { ClientId } from '../../programs.ts';
import { EXAMPLES, type TaskExample } from './examples.ts';

interface Texts {
  /** After the name, in the first line of the page. */
  readonly about: string;
  readonly description: readonly [string, ...string[]];
  readonly signals: readonly (readonly [string, string])[];
  readonly examples: readonly TaskExample[];
  readonly differences: readonly string[];
  readonly statuses: readonly (readonly [string, string])[];
}

const HANGUP_EXCEPTION =
  "Node.js cannot detect *nohup* if input and output are redirected and dash, busybox, *make* or *os.system()* starts the command: the signal then ends the program. In that case, use *setsid* instead of *nohup*, or put *trap '' HUP* in the script.";

const HANGUP: readonly [string, string] = [
  'SIGHUP',
  `The program ends, unless its caller ignores the signal. ${HANGUP_EXCEPTION}`,
];

const closedOutput = (what: string): string =>
  `With standard output closed (*>&-*), the single executable exits with 1. Node.js opens /dev/null instead, and the program cannot notice. Then ${what} discarded, as with *> /dev/null*.`;

const READER_GONE: readonly [string, string] = [
  '141',
  'The reader of standard output exited, as in *tssub -t a | head -1* (SIGPIPE: 128 plus 13).',
];

export const TEXTS: Readonly<Record<ClientId, Texts>> = {
  pub: {
    about: 'publish MQTT messages',
    description: [
      'publishes a message to an MQTT broker, or one message for each line of its standard input, and exits.',
      'Exit status 0 means delivered: the broker confirmed every message. What the broker confirms depends on the QoS (*-q*) and on the MQTT version (*-V*). At QoS 0, the broker read every message: it answered a ping after the last one, and the connection closed cleanly. At QoS 1 and 2, the broker acknowledged every message. With *-V 5*, it acknowledged them with success, and the reason code of a rejected message is the exit status. MQTT 3.1.1, the default version, has no way to reject a message. There, a broker also acknowledges a message that its access rules forbid, and drops it. If that can happen, use *-V 5*. No QoS reports that a subscriber received the message.',
      'If a message was not delivered, the exit status is not 0 and standard error gives the reason. *--retry* tries again to connect, *--spool* queues messages on disk while the network is down, and *--unsent* saves what was not delivered.',
    ],
    signals: [
      [
        'SIGINT, SIGTERM',
        '*tspub* reads no more input, and waits up to two seconds for acknowledgements. It prints how many messages were not acknowledged. If there are any, or if there was more to send, *tspub* dies of the signal. A shell reports this as 128 plus the signal number, and Ctrl-C also ends a loop in a script. If the broker acknowledged every message that was sent, the connection closes cleanly, and the broker does not publish the will message. Otherwise the broker publishes it. A second signal ends *tspub* at once.',
      ],
      [
        'SIGHUP',
        `With *--unsent*, *tspub* handles it like SIGTERM. Otherwise *tspub* ends and the broker publishes the will message, unless the caller ignores the signal. ${HANGUP_EXCEPTION}`,
      ],
    ],
    examples: EXAMPLES.pub,
    differences: [
      'If the broker rejects a message, the exit status is its reason code. *mosquitto_pub* exits with 0.',
      'With *-l*, *tspub* waits for the acknowledgement of every line. It has no limit of 65,535 lines, and sends NUL bytes as they are.',
    ],
    statuses: [
      ['0', 'With *--spool*: delivered, or safely on disk (see *--spool-status*).'],
      ['1', 'Also: a message of *-f* or *-s* that is too large.'],
    ],
  },
  sub: {
    about: 'subscribe to MQTT topics and print the messages',
    description: [
      'subscribes to topics of an MQTT broker, and prints each message on a line or in a format (*-F*). With *--exec* it runs a command for each message. It runs until *-C*, *-W*, *-E*, *--drain* or a signal ends it.',
      'A message of QoS 1 or 2 is acknowledged after standard output has accepted it or, with *--exec*, after its command exited with 0. In a persistent session (*-c -i* _ID_ *-q 1*) the broker keeps messages that are not acknowledged, and queues those that are published between runs. So a full disk or *kill -9* loses none of them while the broker keeps the session and the queue is below its limit. If the program that reads a pipe exits, unread data in the pipe is lost. Without *-c*, messages that are published before the next start are lost.',
      'If the connection is lost, *tssub* connects again, after a pause that grows up to 30 seconds. If the first connection fails, it exits, unless *--retry* is given.',
      closedOutput('messages are'),
    ],
    signals: [
      [
        'SIGINT, SIGTERM',
        '*tssub* prints and acknowledges what it has received, closes the connection, and exits with 0. With MQTT 5 it asks the broker to publish the will message. It dies of the signal if there was no connection yet, or if fewer messages than *-C* arrived. With *--exec* it starts no more commands, and waits for those that are running. If that loses messages for which no command was started (QoS 0, or no persistent session), it dies of the signal. A second signal ends *tssub* at once.',
      ],
      HANGUP,
    ],
    examples: EXAMPLES.sub,
    differences: [
      'Messages are acknowledged after they are printed, not before. Messages beyond *-C* are not acknowledged.',
      'If the broker rejects all subscriptions, the exit status is the reason code, not 0.',
    ],
    statuses: [
      READER_GONE,
      ['151', 'A message was discarded because it has more properties than *tssub* accepts (MQTT 5).'],
      ['255', '*-W* ended the run before there was a connection.'],
    ],
  },
  rr: {
    about: 'publish an MQTT request and print the response',
    description: [
      'subscribes to the response topic (*-e*), publishes the request to *-t*, prints the first response, and exits. With MQTT 5, which is the default, the request names the response topic, so that the responder knows where to publish. With *-V 311* the responder must know the topic.',
      'A retained message is not the response, nor is a message that arrives before the request was sent. If the request has correlation data (*-D publish correlation-data* _DATA_), only a message with the same data is the response.',
      'Without a response, *tsrr* waits until *-W* ends it with exit status 27. If the connection is lost before the response, *tsrr* exits with 7.',
      closedOutput('the response is'),
    ],
    signals: [
      [
        'SIGINT, SIGTERM',
        '*tsrr* dies of the signal at once, and the broker publishes the will message, if there is one.',
      ],
    ],
    examples: EXAMPLES.rr,
    differences: [
      'A message that was published before the request is not accepted as the response.',
      'The connection is closed cleanly, so that the broker does not publish the will message.',
    ],
    statuses: [['1', 'Also: a request of *-f* or *-s* that is too large.'], READER_GONE],
  },
};
