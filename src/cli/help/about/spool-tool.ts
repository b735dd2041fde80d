/** The subcommands and options of tsspool in full sentences, its statuses, and its tasks: for the page and `--help TOPIC`. */
import type { FormName, SpoolOptionName } from '../../spool/options.ts';
import type { Rows, Task } from './small.ts';

export const SPOOL_TOOL_ABOUT = {
  list: 'Print a line for each queued message, oldest first: ID, age, payload bytes, QoS and topic. After the QoS, *r* marks a message to retain, and an asterisk one whose delivery has begun. Control characters of a topic are printed as \\u0007 and the like. *--topic* and *--older-than* select messages; *--json* prints a JSON object for each.',
  shape:
    'Print a table: a row for each group of topics, largest first, and a column for each age. A column counts the messages that have waited for up to that number of minutes, and more than the column before it. Column T is the total. Use it to see which device or which hour fills the spool. *--levels* sets how topics are grouped.',
  show: 'Print the message _ID_: a line for each field and property, an empty line, then the payload byte for byte. *list* prints the IDs. With *--json* the payload is text, or base64 in the field payload_base64.',
  drop: "Remove messages permanently, by number or by *--topic* and *--older-than*. With both, a message must meet every condition. To empty the spool, use *--topic* '#'. A QoS 2 message whose delivery has begun cannot be removed; send it first. If *tspub* is sending from the spool, *drop* waits up to 5 seconds for it.",
  export:
    'Print the messages as JSON lines, in the format of *tssub -F %j*, and leave them in the spool. *import* and *tspub --json-lines* read this format. *--topic* and *--older-than* select messages.',
  import:
    'Add messages from JSON lines on standard input, and create the spool if _DIR_ does not exist. *tsspool export* and *tssub -F %j* print such lines. All lines are checked first: if one is not valid, nothing is added, and the exit status is 3. Up to 16 megabytes are added completely or not at all, also after a kill. A larger import is added in parts of that size; a signal ends it between two parts, and a warning names the next line.',
  verify:
    'Read every byte of the spool and compare the checksums, without changing anything. The last line has the number of messages, their bytes, and the messages in flight, whose delivery has begun. Each line before it names a damaged file. The exit status is 1 if there is one.',
  '--json':
    'Print JSON. *list* prints an object for each message; *shape*, *show*, *drop*, *import* and *verify* print one object. *export* always prints JSON.',
  '--topic':
    "Select the messages whose topic matches _FILTER_, which may contain the wildcards + and #. Quote it, as in *--topic* 'home/#'. It applies to *list*, *shape*, *drop* and *export*.",
  '--older-than':
    'Select the messages that have been in the spool for longer than _AGE_: a whole number and a unit, *s*, *m*, *h*, *d* or *w* (90s, 15m, 2h, 7d, 1w). The unit is required. An imported message keeps its time of recording. It applies to *list*, *shape*, *drop* and *export*.',
  '--levels':
    'Let *shape* group topics by their first _N_ levels, from 1 to 100; the default is 2. With 1, home/door and home/lamp are both counted as home/#.',
  '--color':
    'Color headings, topics, errors and hints. *always* colors in pipes and files too, *never* turns color off. *auto*, the default, colors what goes to a terminal, unless the variable NO_COLOR is set.',
  '--completion':
    'Print a script that completes subcommands, options and file names in _SHELL_: *bash*, *zsh* or *fish*. For bash, add this line to ~/.bashrc: *eval "$(tsspool --completion bash)"*',
  '--help':
    'Print all subcommands and options. *--help status* prints the exit statuses, *--help examples* commands for common tasks. *--help drop*, or *--help --topic*, explains one subcommand or option.',
  '--version': 'Print the version of *tsspool*, its runtime, and what this build can do.',
} as const satisfies Readonly<Record<FormName | SpoolOptionName, string>>;

export const SPOOL_TOOL_STATUS: Rows = [
  ['0', 'Done. With *verify*: nothing is damaged. With *list*: also if no message is queued.'],
  [
    '1',
    'Not done: a usage error, a directory that is not a spool or cannot be read, a disk that is full, or another process that keeps sending. With *verify*: something is damaged. With *drop*: an _ID_ is not in the spool, or cannot be removed.',
  ],
  ['3', 'With *import*: a line is not a valid message. Nothing was added.'],
  ['130, 143', 'SIGINT or SIGTERM ended an *import* of several parts. A warning names the line to continue with.'],
  ['141', 'The reader of standard output has exited.'],
];

export const SPOOL_TOOL_TASKS: readonly Task[] = [
  ['See what is queued', ['tsspool ~/spool list']],
  [
    'Find the topic that fills the spool: a row for each group of topics, a column for each age',
    ['tsspool ~/spool shape', "tsspool ~/spool shape --levels 1 --topic 'home/#'"],
  ],
  ['Read one message', ['tsspool ~/spool show 7']],
  ['Send everything now', ['tspub -h broker --spool ~/spool --flush']],
  ['Remove messages that are too old', ["tsspool ~/spool drop --topic 'home/#' --older-than 2d"]],
  ['Empty the spool', ["tsspool ~/spool drop --topic '#'"]],
  ['Copy the messages to another machine', ['tsspool ~/spool export | ssh other tsspool spool import']],
  [
    'Save what can be read of a damaged spool in a new one',
    ['tsspool ~/spool verify', 'tsspool ~/spool export | tsspool ~/new import'],
  ],
  ['Count the queued messages in a script', ['tsspool ~/spool shape --json | jq .rows[0].total']],
  ['Get mail from cron when messages wait for more than an hour', ['0 * * * * tsspool ~/spool list --older-than 1h']],
];
