/** The programs that read their command line through this folder: one row each. */
import type { ProtocolVersion } from '../mqtt/types.ts';

interface Row {
  readonly name: string;
  /** The program whose options and habits it has. */
  readonly original: string;
  /** The synopsis after the name, one line a form. */
  readonly synopsis: readonly string[];
  readonly summary: string;
  readonly version: ProtocolVersion;
  /** The receive maximum announced when none was asked for. */
  readonly receiveMaximum: number;
  /** What is said of an identifier that cannot be used. */
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
    summary: 'Sends MQTT messages: one from a word, a file or standard input, or one for each line of input.',
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
    summary: 'Subscribes to MQTT topics and prints the messages that arrive.',
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
    summary: 'Sends an MQTT request and prints the answer.',
    version: 5,
    receiveMaximum: 1,
    invalidId: 'Error: Invalid id and/or clean_session.',
  },
} as const satisfies Record<string, Row>;

export type ProgramId = keyof typeof PROGRAMS;
export type Program = Row;
