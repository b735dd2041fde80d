/** The programs that read their command line through this directory: one row each. */
import type { ProtocolVersion } from '../mqtt/types.ts';

export interface Program {
  readonly name: string;
  /** The Mosquitto program whose options and behavior it has, if there is one. */
  readonly original?: string;
  /** The synopsis after the name, one line for each form. */
  readonly synopsis: readonly string[];
  readonly summary: string;
  /** First names of the options that `--help` shows, in this order. */
  readonly everyday: readonly string[];
  /** Command lines for help and manual without the name of the program, and what they do. */
  readonly examples: readonly (readonly [line: string, about: string])[];
  readonly version: ProtocolVersion;
  /** The receive maximum announced by default. */
  readonly receiveMaximum: number;
  /** The message for an invalid client ID. */
  readonly invalidId: string;
}

export const PROGRAMS = {
  pub: {
    name: 'tspub',
    original: 'mosquitto_pub',
    synopsis: [
      '-t TOPIC (-m TEXT | -f FILE | -s | -l | -n) [options]',
      '-L URL (-m TEXT | -f FILE | -s | -l | -n) [options]',
      '(-l --topic-from-line | --json-lines) [options]',
    ],
    summary: 'Publishes MQTT messages: a text, a file, standard input, or each of its lines.',
    everyday: [
      '-h',
      '-p',
      '-L',
      '-t',
      '-m',
      '-l',
      '-q',
      '-r',
      '--spool',
      '-u',
      '--password-file',
      '--cafile',
      '--explain',
    ],
    examples: [
      ['-t home/lamp -m on', 'publish to the broker on this machine'],
      ['-h broker -t a -m b -q 1', 'wait for the acknowledgement of a broker'],
      ['-t log -l -q 1 < log.txt', 'publish lines; exit with 0 if all acknowledged'],
    ],
    version: 4,
    receiveMaximum: 20,
    invalidId: 'Error: Invalid id.',
  },
  sub: {
    name: 'tssub',
    original: 'mosquitto_sub',
    synopsis: [
      '-t FILTER [-t FILTER ...] [-T FILTER ...] [options]',
      '-L URL [options]',
      '-U FILTER [-U FILTER ...] [options]',
    ],
    summary: 'Subscribes to MQTT topics and prints messages, or runs a command for each.',
    everyday: ['-h', '-p', '-L', '-t', '-q', '-v', '-F', '-C', '-W', '-u', '--password-file', '--cafile', '--explain'],
    examples: [
      ["-v -t 'home/#'", 'print all below home, with the topic'],
      ['-t home/lamp -C 1 -W 5', 'print one message, wait up to 5 seconds'],
      ["-t 'home/+/temp' -F '%I %t %p'", 'print the timestamp, topic and payload'],
    ],
    version: 4,
    receiveMaximum: 20,
    invalidId: 'Error: Invalid id and/or clean_session.',
  },
  rr: {
    name: 'tsrr',
    original: 'mosquitto_rr',
    synopsis: [
      '-t TOPIC -e TOPIC (-m TEXT | -f FILE | -s | -n) [options]',
      '-L URL -e TOPIC (-m TEXT | -f FILE | -s | -n) [options]',
    ],
    summary: 'Publishes an MQTT request and prints the response.',
    everyday: [
      '-h',
      '-p',
      '-L',
      '-t',
      '-e',
      '-m',
      '-f',
      '-q',
      '-W',
      '-F',
      '-u',
      '--password-file',
      '--cafile',
      '--explain',
    ],
    examples: [
      ['-t time -e reply -m now -W 5', 'wait up to 5 seconds for the response'],
      ["-t db -e rows -f query -F '%J'", 'send a file, print the response as JSON'],
    ],
    version: 5,
    receiveMaximum: 1,
    invalidId: 'Error: Invalid id and/or clean_session.',
  },
  check: {
    name: 'tscheck',
    synopsis: [
      '(up | roundtrip | fresh | value | cert | limits | sys) [options]',
      'up [--wait TIME] [options]',
      'roundtrip [--warn TIME] [--critical TIME] [-q QOS] [-t TOPIC] [options]',
      'fresh -t FILTER --older-than AGE [--for TIME] [--state FILE] [options]',
      'value -t TOPIC [--warn RANGE] [--critical RANGE] [--json PATH] [options]',
      'cert [--warn TIME] [--critical TIME] [options]',
      'limits [--require LIST] [options]',
      'sys [--warn NAME=RANGE] [--critical NAME=RANGE] [options]',
      '--checks FILE [options]',
    ],
    summary: 'Checks whether MQTT works, and reports it to a monitoring system.',
    everyday: [
      'up',
      'roundtrip',
      'fresh',
      'value',
      'cert',
      'limits',
      'sys',
      '-h',
      '--warn',
      '--critical',
      '--format',
      '-u',
      '--password-file',
      '--cafile',
    ],
    examples: [
      ['up --wait 60s', 'wait until the broker accepts connections'],
      ['roundtrip --critical 2s', 'publish a message and receive it'],
    ],
    version: 5,
    receiveMaximum: 20,
    invalidId: 'Error: Invalid id.',
  },
} as const satisfies Record<string, Program>;

export type ProgramId = keyof typeof PROGRAMS;

export const programOf = (id: ProgramId): Program => PROGRAMS[id];

/** The programs that Mosquitto has too. */
export type ClientId = Exclude<ProgramId, 'check'>;

export const CLIENT_IDS: readonly ClientId[] = ['pub', 'sub', 'rr'];
