/** The EXAMPLES of the manual pages of the clients. Tests run the lines that name no other host than the one of TSMOSQ_HOST. */
import type { ClientId } from '../../programs.ts';

/** A task in the user's words, and the lines that do it. */
export type TaskExample = readonly [task: string, lines: readonly string[]];

/** What every page answers. `shape` and `runs` are options: the first for an example that names a broker, the second for one that runs. */
const connecting = (program: string, shape: string, runs: string): readonly TaskExample[] => [
  [
    'Log in, with the password in a file that only you can read:',
    [
      "printf 'secret\\n' > password && chmod 600 password",
      `${program} -h broker -u me --password-file password \\`,
      `    ${shape}`,
    ],
  ],
  [
    'Connect with TLS, and with a client certificate if the broker asks for one:',
    [
      `${program} -h broker --cafile ca.crt ${shape}`,
      `${program} -h broker --cafile ca.crt --cert me.crt --key me.key \\`,
      `    ${shape}`,
    ],
  ],
  ['Connect through a proxy:', [`${program} -h broker --proxy socks5h://proxy:1080 \\`, `    ${shape}`]],
  ['Find out why it does not connect; each step is printed on standard error:', [`${program} --explain ${runs}`]],
  [
    'Set options in a file or in the environment, see FILES and ENVIRONMENT:',
    ["printf '%s\\n' '-q 1' '-k 30' > options", `${program} -o options ${runs}`, `TSMOSQ_QOS=1 ${program} ${runs}`],
  ],
];

/** After those that `--help` shows. */
export const EXAMPLES: Readonly<Record<ClientId, readonly TaskExample[]>> = {
  pub: [
    [
      'Publish a message that the broker retains for later subscribers, then delete it:',
      ['tspub -t home/lamp -m on -r -q 1', 'tspub -t home/lamp -n -r -q 1'],
    ],
    [
      'Find out in a script whether the broker accepted the message:',
      [
        'if tspub -V 5 -t backup/done -m "$(date)" -q 1 --retry 5',
        "then echo 'the broker accepted it'",
        'else echo "not delivered: exit status $?"; fi',
      ],
    ],
    [
      'Publish every line of a file, and know that the broker acknowledged all of them:',
      [
        "printf 'line 1\\nline 2\\n' > app.log",
        'tspub -t logs/app -l -q 1 --unsent app.unsent --summary < app.log \\',
        "    && echo 'every line acknowledged'",
      ],
    ],
    [
      'Publish lines to different topics, with a tab after the topic:',
      ["printf 'home/a\\t1\\nhome/b\\t2\\n' | tspub -l --topic-from-line -q 1"],
    ],
    [
      'Publish a file, or the output of a command, as one message:',
      ['date > report.txt', 'tspub -t reports/date -f report.txt', 'df -h | tspub -t reports/disks -s'],
    ],
    [
      'Keep messages on disk while the network is down. Later, send the queued messages, and list those that are still queued:',
      ['tspub --spool spool -t home/meter -m 4711 -q 2', 'tspub --spool spool --flush', 'tsspool spool list'],
    ],
    [
      'Publish from cron through a spool. The first line of this crontab is for *node*. The others publish every minute, send queued messages every five minutes, and print messages older than a day, which cron mails to you:',
      [
        'PATH=/usr/local/bin:/usr/bin:/bin',
        '* * * * * meter | tspub -h broker --spool ~/spool -t meter -s -q 2',
        '*/5 * * * * tspub -h broker --spool ~/spool --flush --quiet',
        '0 * * * * tsspool ~/spool list --older-than 1d',
      ],
    ],
    [
      'Have the broker publish a will message if *tspub* is killed or the connection is lost:',
      [
        'tspub -t job/status -m running -r -q 1',
        "printf 'step 1\\nstep 2\\n' | tspub -t job/log -l -q 1 --will-retain \\",
        '    --will-topic job/status --will-payload failed',
      ],
    ],
    [
      'Record messages, and publish them again ten times as fast:',
      [
        "tssub -h broker -V 5 -t 'plant/#' -F %j -W 60 > day.jsonl",
        'tspub -h broker -V 5 --json-lines --replay-speed 10 < day.jsonl',
      ],
    ],
    [
      'Copy messages to another broker:',
      ["tssub -h here -V 5 -q 1 -t 'plant/#' -F %j |", '    tspub -h there -V 5 -q 1 --json-lines'],
    ],
    ...connecting('tspub', '-t home/lamp -m on', '-t home/lamp -m on'),
  ],
  sub: [
    [
      'Print the retained value of a topic, or find out that there is none:',
      [
        'value=$(tssub -t home/lamp -C 1 --retained-only -W 2)',
        'case $?$value in',
        '    0?*) echo "the lamp is $value" ;;',
        "    0 | 27) echo 'there is none' ;;",
        "    *) echo 'tssub failed' ;;",
        'esac',
      ],
    ],
    ['Print all retained messages:', ["tssub -t 'home/#' -v --retained-only -W 2 || [ $? = 27 ]"]],
    ['Watch all topics of a broker on the terminal:', ["tssub -h broker -t '#' -w"]],
    [
      'Wait in a script until the subscription is ready (*read* fails if *tssub* exits before):',
      [
        'rm -f ready; mkfifo ready',
        'tssub -t greetings -C 1 --ready ready &',
        'read -r line < ready && tspub -t greetings -m hello',
        'wait',
      ],
    ],
    [
      'Receive only the queued messages, for example from cron. The first line creates the session, and the last one is for each run; exit status 28 means that nothing was queued:',
      [
        'tssub -c -i reports -q 1 -t reports -E',
        'tspub -t reports -m hello -q 1',
        'tssub -c -i reports -q 1 -t reports --drain || [ $? = 28 ]',
      ],
    ],
    [
      'Read for one minute each hour from cron, and receive what was published between runs; exit status 27 means that the minute is over:',
      ['0 * * * * tssub -h broker -c -i log -q 1 -t log -W 60 >> log.txt'],
    ],
    ['Delete a persistent session, with its queued messages:', ['tssub -i reports -t reports -E']],
    [
      'Run a command for each message, with retries, and save the messages of commands that fail in a directory. Leave out *--drain* to keep it running:',
      [
        "tssub -c -i jobs -q 1 -t 'jobs/#' -E",
        'tspub -t jobs/a -m hello -q 1',
        "tssub -c -i jobs -q 1 -t 'jobs/#' --drain \\",
        '    --exec \'echo "$MQTT_TOPIC: $(cat)"\' \\',
        '    --exec-retries 2 --dead-letter failed',
      ],
    ],
    [
      'Share the work between machines: run the same command on each, and the broker gives each message to one of them. What a machine did not acknowledge waits for its next start; at QoS 1 the broker may give it to another machine:',
      ['tssub -h broker -V 5 -i "$(hostname)" -c -q 1 \\', "    -t '$share/group/jobs/#' --exec ./job"],
    ],
    [
      'Select messages by their JSON payload:',
      ["tssub -h broker -t 'home/#' -F %J |", "    jq -r 'select(.payload.temp > 30) | .topic'"],
    ],
    ...connecting('tssub', "-v -t 'home/#'", "-t 'home/#' -E"),
  ],
  rr: [
    [
      'Ask, wait for five seconds at most, and find out in a script whether a response arrived:',
      [
        'if time=$(tsrr -t time/get -e time/now -m x -W 5)',
        'then echo "it is $time"',
        'else echo "no response: exit status $?"; fi',
      ],
    ],
    [
      'Give each request its own response topic, so that another response cannot be confused with it:',
      ['tsrr -t time/get -e "time/now/$$" -m x -W 2 || [ $? = 27 ]'],
    ],
    [
      'Or share a response topic, and recognize the response by its correlation data:',
      ['tsrr -t time/get -e time/now -m x -W 2 \\', '    -D publish correlation-data "$$" || [ $? = 27 ]'],
    ],
    [
      'Respond to a request from a script: *%R* is the response topic, *%D* the correlation data of the request:',
      [
        'rm -f ready; mkfifo ready',
        "tssub -V 5 -t square -C 1 -F '%R %D' --ready ready > question &",
        'read -r line < ready',
        'tsrr -t square -e replies/me -m 12 -W 5 \\',
        '    -D publish correlation-data 4711 &',
        'wait %1',
        'read -r topic data < question',
        'tspub -V 5 -t "$topic" -m 144 -D publish correlation-data "$data"',
        'wait',
      ],
    ],
    [
      'Read the request from a file, and print the response as JSON:',
      ['echo \'{"id":1}\' > query.json', 'tsrr -t db/query -e db/rows -f query.json -F %J -W 2 || [ $? = 27 ]'],
    ],
    ['Measure how long the response takes:', ['tsrr -t time/get -e time/now -m x -W 2 --latency || [ $? = 27 ]']],
    [
      'Use MQTT 3.1.1, for a broker or a responder without MQTT 5:',
      ['tsrr -V 311 -t time/get -e time/now -m x -W 2 || [ $? = 27 ]'],
    ],
    ...connecting('tsrr', '-t time/get -e time/now -n', '-t time/get -e time/now -n -W 2 || [ $? = 27 ]'),
  ],
};
