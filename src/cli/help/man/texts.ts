/** What the manual pages say beside the tables. `*x*` is to be typed as it is, `_X_` stands for a value. */
import type { ProgramId } from '../../programs.ts';

interface Texts {
  /** After the name, in the first line of the page. */
  readonly about: string;
  readonly description: readonly string[];
  readonly signals: readonly (readonly [string, string])[];
  /** What it does, and the lines that do it. */
  readonly examples: readonly (readonly [about: string, lines: readonly string[]])[];
  readonly differences: readonly string[];
  readonly statuses: readonly (readonly [string, string])[];
}

const HANGUP: readonly [string, string] = [
  'SIGHUP',
  "It ends the program, unless the caller ignores it. With Node.js that cannot always be seen: not after *nohup* with redirected input and output in a script of dash, busybox, *make* or *os.system()*. There, use *setsid*, or *trap '' HUP* in the script itself.",
];

const closedOutput = (what: string): string =>
  `With standard output closed (\`>&-\`) the single executable ends with 1; Node.js opens /dev/null in its place and leaves nothing to tell it by, so ${what} then discarded as with \`> /dev/null\`.`;

export const TEXTS: Readonly<Record<ProgramId, Texts>> = {
  pub: {
    about: 'send MQTT messages',
    description: [
      'sends a message to an MQTT broker, or one message for each line of its standard input, and leaves.',
      'Exit status 0 means that every message was delivered: acknowledged with success at QoS 1 and 2, and at QoS 0 read by the broker, which is asked by PINGREQ before the end. A broker that refuses, a connection that breaks, input that cannot be read: each has an exit status of its own and a line on standard error.',
    ],
    signals: [
      [
        'SIGINT, SIGTERM',
        'No more input is read. Messages in flight have two seconds to be acknowledged; the program says how many were not. If there are such, or if there was more to send, it dies of the signal: a shell reports 128 and its number, and leaves its loop. A second signal ends the program at once.',
      ],
      HANGUP,
    ],
    examples: [
      [
        'Set a retained status, and have the broker set another one should the script die:',
        [
          'tspub -t job/status -m running -r -q 1',
          'tspub -t job/log -l --will-topic job/status --will-payload dead --will-retain < log',
        ],
      ],
      [
        'In a script, act on failure:',
        [
          'if ! tspub -h broker -t backup/done -m "$(date)" -q 1 --retry 5; then',
          '    logger "the broker did not get it"',
          'fi',
        ],
      ],
      [
        'From cron, every five minutes, the password in a file and a certificate authority of your own. The PATH line of the crontab names the directory of *node*:',
        [
          'PATH=/usr/local/bin:/usr/bin:/bin',
          '*/5 * * * * tspub -h broker -u cron --password-file ~/.mqtt --cafile ~/ca.pem -t up -m 1',
        ],
      ],
      [
        'Every minute, kept while the network is down; the system log gets a line when a message is neither sent nor kept, and cron sends mail when one has waited for a day:',
        [
          '* * * * * tspub -h broker --spool ~/spool -t home/meter -m "$(meter)" -q 2 --quiet || logger "tspub: status $?"',
          '0 * * * * tsspool ~/spool list --older-than 1d',
        ],
      ],
      [
        'A topic in each line, before a tab:',
        [`printf 'home/a\\t1\\nhome/b\\t2\\n' | tspub -h broker -l --topic-from-line -q 1`],
      ],
      [
        'Copy everything below plant to another broker; record it, and play it again ten times as fast:',
        [
          "tssub -h here -V 5 -q 1 -t 'plant/#' -F %j | tspub -h there -V 5 -q 1 --json-lines",
          "tssub -h here -V 5 -t 'plant/#' -F %j > day.jsonl",
          'tspub -h there -V 5 --json-lines --replay-speed 10 < day.jsonl',
        ],
      ],
      [
        'Send a file, and forget a retained message:',
        ['tspub -t camera/1 -f picture.jpg', 'tspub -t job/status -n -r'],
      ],
    ],
    differences: [
      'A message that the broker refuses is an error, and its reason code the exit status; *mosquitto_pub* leaves with 0.',
      'With *-l*, every line is acknowledged before the end, there is no limit of 65,535 lines, and NUL bytes stay in them.',
    ],
    statuses: [['0', 'With *--spool* also: kept on the disk (see *--spool-status*).']],
  },
  sub: {
    about: 'print the MQTT messages of some topics',
    description: [
      'subscribes to topics of an MQTT broker and prints the messages that come, each in a line or in a format (*-F*).',
      'A message of QoS 1 or 2 is acknowledged only after standard output has taken it. What a full disk, a reader that has gone or a kill leaves unprinted stays with the broker, and comes again where the session is kept (*-c* and *-i*). When the connection breaks it is made again, with longer and longer pauses.',
      closedOutput('messages are'),
    ],
    signals: [
      [
        'SIGINT, SIGTERM',
        'What has come is printed and acknowledged, then the connection is ended; in MQTT 5 the broker is asked to publish the Will. The exit status is 0. If there never was a connection, or *-C* was not reached, the program dies of the signal. A second signal ends the program at once.',
      ],
      HANGUP,
    ],
    examples: [
      [
        'Wait for one message, but not for ever:',
        ['if state=$(tssub -t door/state -C 1 -W 5); then echo "the door is $state"; fi'],
      ],
      [
        'In a script, go on when the subscription is granted (*read* fails if *tssub* ends before that):',
        [
          'rm -f ready; mkfifo ready',
          'tssub -t answer -C 1 --ready ready &',
          'read -r line < ready && tspub -t question -n',
        ],
      ],
      ['The retained status of everything, and nothing else:', ["tssub -t 'home/#' -v --retained-only -W 1"]],
      ['A log file with the time of each message:', ["tssub -h broker -t 'home/#' -F '%I %t %p' >> home.log"]],
      [
        'Hourly job from cron that reads for one minute and misses nothing between runs (27: the minute is over):',
        [
          '0 * * * * tssub -h broker -i reports -c -q 1 -t reports -W 60 --quiet >> ~/reports.log || [ $? = 27 ] || logger "tssub failed"',
        ],
      ],
      [
        'Or take what the broker has queued since last time, and leave; exit status 28 says that there was nothing:',
        ['*/5 * * * * tssub -h broker -i reports -c -q 1 -t reports --drain >> ~/reports.log'],
      ],
      [
        'A command for each message, tried three times; what fails for good goes into a folder:',
        ["tssub -h broker -i jobs -c -q 1 -t 'jobs/#' --exec ./job --exec-retries 2 --dead-letter ~/failed"],
      ],
      [
        'On several machines, the same on each: the broker shares the work out. What a worker that dies has not acknowledged waits for its next start while the broker keeps its session; at QoS 1 the broker may give it to another worker instead, at QoS 2 it must not. A cluster of brokers does so for workers at all its nodes, by a strategy of its own, and its sessions outlive a node where it keeps copies of them; *tssub* needs nothing for that:',
        ['tssub -h broker -V 5 -i "$(hostname)" -c -q 1 -t \'$share/group/jobs/#\' --exec ./job'],
      ],
      ['Messages as lines of JSON:', ["tssub -t 'home/#' -F %J | jq -r 'select(.payload.temp > 30) | .topic'"]],
    ],
    differences: [
      'Messages are acknowledged when they are printed, not before, and messages beyond *-C* are not acknowledged.',
      'When all subscriptions are refused the exit status is the reason code, not 0.',
    ],
    statuses: [
      ['28', 'Nothing was queued (*--drain*).'],
      ['29', 'Some messages came, but fewer than *-C* (*--strict-count*).'],
      ['123', 'The command for a message failed and is not retried (*--exec*); the message is not acknowledged.'],
      [
        '128 and more',
        'A signal ended the run (its number and 128), and messages that were received are lost (*--exec*).',
      ],
      ['141', 'Who read standard output has gone (128 and the number of SIGPIPE).'],
      ['151', 'A message was discarded because it has more properties than *tssub* accepts (MQTT 5).'],
      ['255', 'Time (*-W*) ended the run before there was a connection.'],
    ],
  },
  rr: {
    about: 'send an MQTT request and print the answer',
    description: [
      'subscribes to the response topic, sends a message, prints the first message that comes as the answer, and leaves. In MQTT 5, which is the default, the request tells the response topic.',
      'Retained messages and messages that come before the request is out are not taken for the answer, nor are answers with other correlation data than the request.',
      closedOutput('the answer is'),
    ],
    signals: [['SIGINT, SIGTERM', 'The program ends at once, and the broker publishes the Will, if there is one.']],
    examples: [
      ['Ask, and wait no longer than five seconds:', ['answer=$(tsrr -t time/get -e time/answer -m now -W 5) || exit']],
      [
        'With correlation data, so that no other answer is taken for this one:',
        ['tsrr -t db/query -e db/answer/$$ -f query.json -D publish correlation-data $$ -W 10'],
      ],
    ],
    differences: [
      'What was there before the question is not taken for the answer.',
      'The connection is ended in order, so that the Will is not published.',
    ],
    statuses: [['141', 'Who read standard output has gone (128 and the number of SIGPIPE).']],
  },
};

export const FORMAT_INTRO =
  'In the format of *-F*, a percent sign and a letter stand for something of the message. Between them may stand a minus or a zero, a width, and a point with a precision: the value is padded to the width with blanks on the left, on the right (minus) or with zeros.';
export const FORMAT_ESCAPES: readonly (readonly [string, string])[] = [
  ['*@*_X_', 'The local time, as strftime(3) writes it: *@H:@M:@S*, *@@* for the sign itself, *@N* for nanoseconds.'],
  [
    '*\\n*, *\\t*, *\\r*, *\\0*, *\\e*, *\\a*, *\\v*, *\\\\*',
    'Line end, tabulator, carriage return, NUL, escape, bell, vertical tabulator, backslash.',
  ],
];
export const FORMAT_EXAMPLES: readonly (readonly [string, string])[] = [
  ["-F '%t %p'", 'topic and payload, as -v prints them'],
  ["-F '%I %-20t %p'", 'the time, the topic in 20 columns, the payload'],
  ["-F '%U,%q,%r,%l'", 'for a table: time, QoS, retain flag, length'],
  ["-F '@H:@M:@S %x'", 'time of day, and the payload in hexadecimal'],
  ["-F '%j'", 'all of it, a line of JSON'],
];
