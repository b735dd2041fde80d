/** The manual page of tscheck. */
import { PROGRAMS } from '../../programs.ts';
import { environment, files, optionsSection, propertiesSection } from './client.ts';
import { form, list, literal, opening, PARAGRAPH, type Page, pages, paragraph, section } from './document.ts';

const STATUSES = [
  ['0', 'OK.'],
  ['1', 'WARNING: a value is beyond *--warn*.'],
  [
    '2',
    'CRITICAL: a value is beyond *--critical*, or the broker is down, refuses, is silent, or does not do what the check asks for.',
  ],
  [
    '3',
    'UNKNOWN: the command line or one of its files cannot be used, a signal ended the run, or there is nothing to judge, such as no retained value.',
  ],
] as const;

const RANGES = [
  ['*10*', 'Below 0 or above 10.'],
  ['*10:*', 'Below 10.'],
  ['*~:10*', 'Above 10.'],
  ['*10:20*', 'Below 10 or above 20.'],
  ['*@10:20*', 'From 10 to 20.'],
] as const;

/** A heading and command lines. */
const CHECK_TASKS: readonly (readonly [task: string, lines: readonly string[]])[] = [
  ['Wait until the broker accepts connections, in a script or an init container:', ['tscheck up --wait 60s']],
  [
    'Publish a message and receive it, with limits for the time that takes:',
    ['tscheck roundtrip -q 1 --warn 2s --critical 8s'],
  ],
  [
    'Find out whether a sensor still sends, by the time in its messages:',
    ['tspub -t home/temp -r -m "{\\"time\\":$(date +%s)}"', 'tscheck fresh -t home/temp --older-than 15m --json .time'],
  ],
  [
    'Find out from cron whether a sensor still sends, by what earlier runs saw:',
    ["*/5 * * * * tscheck fresh -t 'home/#' --older-than 15m --state ~/mqtt.state --for 20s || echo silent"],
  ],
  [
    'Compare a value in a JSON payload with ranges:',
    [
      'tspub -t home/room -r -m \'{"state":{"temp":21.5}}\'',
      'tscheck value -t home/room --json .state.temp --warn 15:25 --critical 5:35',
    ],
  ],
  [
    'Report a certificate that expires within 30 days:',
    ['tscheck cert -h broker --cafile ca.crt --warn 30d --critical 7d'],
  ],
  [
    'Require what an application needs from a broker:',
    ['tscheck limits --require "max-qos=2,retain=yes,packet-size>=100000"'],
  ],
  ['Warn when too many clients are connected:', ['tscheck sys --warn clients-connected=900 --wait 15s']],
  [
    'Run several checks over one connection, and write a file for Prometheus:',
    [
      "printf '%s\\n' 'up' 'roundtrip -q 1' 'limits --require retain=yes' > checks",
      'tscheck --checks checks --format prometheus --output mqtt.prom',
    ],
  ],
];

export function checkPage(): Page {
  const { name, synopsis } = PROGRAMS.check;
  return {
    name,
    summary: 'check whether MQTT works, for monitoring systems',
    sections: [
      section('SYNOPSIS', ...synopsis.map(form)),
      section(
        'DESCRIPTION',
        opening(
          'connects to an MQTT broker, makes one check, prints one line with details below it, and exits with a status that monitoring systems understand. CRITICAL is a fault of the broker or the way to it. UNKNOWN is a fault of the command line, or a check that has nothing to judge.',
        ),
        PARAGRAPH,
        paragraph(
          'The line is that of a monitoring plugin: *MQTT OK - * and a sentence, then a bar and performance data. *--format* selects text, JSON or the format of Prometheus. Hints go to standard error. A check ends after 10 seconds at the latest, unless it is to wait longer (*--wait*, *--for*, *--timeout*).',
        ),
      ),
      optionsSection('check'),
      section('RANGES', paragraph('A value is a problem for each range if it is:'), list(RANGES, '@10:20')),
      propertiesSection(),
      section('ENVIRONMENT', ...environment('check')),
      section('FILES', ...files('check', 'up')),
      section(
        'EXIT STATUS',
        list(STATUSES, '3'),
        paragraph(
          'Of several checks the worst status wins: 2, then 3, then 1. Other statuses in the texts of OPTIONS are those of the other commands.',
        ),
      ),
      section('SIGNALS', list([['SIGINT, SIGTERM', 'Checks without a verdict are UNKNOWN, and the line is printed.']])),
      section(
        'EXAMPLES',
        ...CHECK_TASKS.flatMap(([task, lines], i) => [
          ...(i === 0 ? [] : [PARAGRAPH]),
          paragraph(task),
          literal(...lines),
        ]),
      ),
      section('SEE ALSO', pages('tspasswd 1', 'tspub 1', 'tssub 1', 'mosquitto 8')),
    ],
  };
}
