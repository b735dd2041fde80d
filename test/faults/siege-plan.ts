// What a session of a siege is: a program, a link, and what the broker does to it at which moment.
import type { QoS } from '../../src/mqtt/types.ts';

// biome-ignore format: one program on each line is not clearer
export const PROGRAMS = [
  'pub -m', 'pub -f', 'pub -l', 'pub --repeat', 'pub --json-lines', 'pub --spool -m', 'pub --spool -l', 'pub --spool --flush',
  'sub', 'sub -C', 'sub --drain', 'sub --exec', 'sub --exec --dead-letter', 'rr', 'library publish', 'library subscribe',
] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export const isPublisher = (program: ProgramName): boolean => program.startsWith('pub') || program.endsWith('publish');
export const isSpool = (program: ProgramName): boolean => program.includes('--spool');
export const isSubscriber = (program: ProgramName): boolean =>
  program.startsWith('sub') || program.endsWith('subscribe');

/** How a link treats what passes through it, both ways. */
export interface Pace {
  /** Milliseconds. */
  readonly latency: number;
  /** Bytes a second. */
  readonly rate: number;
  /** Longest piece in bytes. */
  readonly pieces: number;
}

/** A packet of the client, or the moment at which it was let in. */
export type Moment =
  | 'accept'
  | 'connect'
  | 'publish'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'pingreq'
  | 'disconnect';

export interface Trigger {
  readonly at: Moment;
  /** Counted from 1. */
  readonly nth: number;
  /**
   * unread: the packet does not count as read, nor does anything after it. unanswered: it is read, and the act takes the
   * place of an answer. answered: the act comes after the answer.
   */
  readonly as: 'unread' | 'unanswered' | 'answered';
}

/** What comes after a flood, a bomb or garbage. */
export type Next = 'end' | 'silence' | 'go on';

export type Flood = 'publish 0' | 'publish 1' | 'publish 2' | 'pubrel' | 'pubrec';

export type Act =
  /** `hold`: milliseconds in which nothing is read. `bare`: a TLS connection ends without a word of TLS. */
  | {
      readonly do: 'end';
      readonly how: 'fin' | 'half' | 'reset' | 'destroy';
      readonly hold: number;
      readonly bare: boolean;
    }
  /** Reads, and answers nothing more. */
  | { readonly do: 'silence' }
  /** Reads nothing more, and keeps the connection. */
  | { readonly do: 'deaf' }
  /** Sends a byte of an incomplete packet at this interval in milliseconds. */
  | { readonly do: 'drip'; readonly every: number }
  | {
      readonly do: 'flood';
      readonly packets: Flood;
      readonly bytes: number;
      readonly size: number;
      readonly reads: boolean;
      readonly next: Next;
    }
  /** The answer, or a message, has properties of this many bytes in all; user properties have a value of `size` each. */
  | {
      readonly do: 'bomb';
      readonly on: 'answer' | 'message';
      readonly what: 'user properties' | 'subscription identifiers';
      readonly bytes: number;
      readonly size: number;
    }
  /** SUBACK with this many codes, or PUBLISH with a payload of this many bytes. */
  | { readonly do: 'oversize'; readonly bytes: number }
  | {
      readonly do: 'garbage';
      readonly what: 'bytes' | 'http' | 'huge length' | 'length without an end';
      readonly next: Next;
    }
  /** `text`: bytes of a reason with control characters, where MQTT 5 has one. */
  | { readonly do: 'refuse'; readonly code: number; readonly text: number }
  | { readonly do: 'disconnect'; readonly code: number; readonly text: number; readonly closes: boolean }
  /** The answer comes, and comes again. */
  | { readonly do: 'twice' }
  /** CONNACK with odd limits. */
  | {
      readonly do: 'limits';
      readonly receiveMaximum: number;
      readonly maximumPacketSize: number;
      readonly aliases: number;
    }
  /** CONNACK that speaks of a session which the client has not asked for. */
  | { readonly do: 'session present' };

export interface Script {
  readonly trigger: Trigger;
  readonly act: Act;
}

export interface Plan {
  readonly number: number;
  readonly program: ProgramName;
  readonly qos: QoS;
  readonly version: 4 | 5;
  readonly tls: boolean;
  /** Messages. */
  readonly count: number;
  /** Bytes that each of them is made longer by. */
  readonly padding: number;
  readonly pace: Pace | undefined;
  /** For the first connections; those after them are good. */
  readonly scripts: readonly Script[];
  /** `-W`. */
  readonly seconds: number | undefined;
  /** A signal at a moment of its own, in milliseconds. */
  readonly signal:
    | { readonly name: 'SIGTERM' | 'SIGKILL'; readonly since: 'start' | 'connection'; readonly after: number }
    | undefined;
  /** Waits until the keepalive has ended what is silent. */
  readonly patient: boolean;
}

/** For a report: what goes on, in one line. */
export function describePlan({
  program,
  qos,
  version,
  tls,
  count,
  pace,
  scripts,
  seconds,
  signal,
  patient,
}: Plan): string {
  const acts = scripts.map(({ trigger, act }) => `${trigger.at} ${trigger.nth} ${trigger.as}: ${wordsOf(act)}`);
  const rest = [
    tls ? 'TLS' : 'TCP',
    ...(pace === undefined ? [] : [`slow link ${JSON.stringify(pace)}`]),
    ...(seconds === undefined ? [] : [`-W ${seconds}`]),
    ...(signal === undefined ? [] : [`${signal.name} ${signal.after} ms after the ${signal.since}`]),
    ...(patient ? ['waits for the keepalive'] : []),
  ];
  return `${program}, QoS ${qos}, MQTT ${version}, ${count} messages, ${rest.join(', ')}; broker: ${acts.join(' | ')}`;
}

const wordsOf = ({ do: name, ...rest }: Act): string => {
  const details = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  return details.length === 0 ? name : `${name} (${details.join(', ')})`;
};
