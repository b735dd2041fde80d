// Draws the sessions of a siege. The same seed gives the same draws, and a session is drawn from the seed and its own number
// only, so that it can be repeated alone.
import type { QoS } from '../../src/mqtt/types.ts';
import {
  type Act,
  isPublisher,
  isSubscriber,
  type Moment,
  type Next,
  type Pace,
  type Plan,
  PROGRAMS,
  type ProgramName,
  type Script,
  type Trigger,
} from './siege-plan.ts';
import { randomFrom } from './unique.ts';

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** Both ends are possible. */
  between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  /** Small ones are as likely as large ones. */
  size(from: number, to: number): number {
    return Math.round(from * (to / from) ** this.#random());
  }

  of<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }
}

export function draw(seed: number, number: number): Plan {
  const dice = new Dice(Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const program = dice.of(PROGRAMS);
  const deadLetter = program.endsWith('--dead-letter');
  const qos = deadLetter ? dice.of([1, 2] as const) : dice.of([0, 1, 2] as const);
  const version = dice.of([4, 5] as const);
  const tls = dice.chance(0.25);
  const isSingle = program.endsWith('-m') || program.endsWith('-f') || program === 'rr';
  const count = isSingle ? 1 : dice.between(1, program.includes('--exec') ? 6 : 30);
  const padding = dice.of([0, 0, 0, 300, 5000]);
  const pace = dice.chance(0.2) ? drawPace(dice, tls) : undefined;
  const scripts = Array.from({ length: dice.of([1, 1, 1, 2, 3]) }, () =>
    drawScript(dice, program, qos, version, count),
  );
  const patient = dice.chance(0.05);
  const limited = isSubscriber(program) || program === 'rr';
  const seconds = limited && !program.startsWith('library') && dice.chance(0.5) ? dice.between(3, 4) : undefined;
  const name = isSubscriber(program) && dice.chance(0.3) ? 'SIGKILL' : 'SIGTERM';
  const isSignalled = seconds === undefined && !patient && dice.chance(limited ? 0.5 : 0.2);
  const signal = isSignalled
    ? ({
        name,
        since: dice.of(['start', 'connection', 'connection', 'connection'] as const),
        after: dice.between(1, 2000),
      } as const)
    : undefined;
  return { number, program, qos, version, tls, count, padding, pace, scripts, seconds, signal, patient };
}

function drawPace(dice: Dice, tls: boolean): Pace {
  return {
    latency: dice.chance(0.7) ? dice.between(20, 200) : 0,
    // A certificate has to pass within the time for a connection.
    rate: dice.size(tls ? 8000 : 600, 100_000),
    pieces: dice.of([1, 7, 100, 1400]),
  };
}

function drawScript(dice: Dice, program: ProgramName, qos: QoS, version: 4 | 5, count: number): Script {
  const act = drawAct(dice, version);
  return { act, trigger: drawTrigger(dice, momentsOf(act, program, qos), act, count) };
}

function drawAct(dice: Dice, version: 4 | 5): Act {
  const next = (): Next => dice.of(['end', 'silence', 'go on'] as const);
  const text = (): number => dice.of([0, 30, 2000, 65_000]);
  const roll = dice.between(0, 99);
  if (roll < 28)
    return {
      do: 'end',
      how: dice.of(['fin', 'fin', 'half', 'reset', 'destroy'] as const),
      hold: dice.of([0, 0, 5, 40, 150]),
      bare: dice.chance(0.5),
    };
  if (roll < 35) return { do: 'silence' };
  if (roll < 40) return { do: 'deaf' };
  if (roll < 46) return { do: 'drip', every: dice.between(20, 300) };
  if (roll < 61)
    return {
      do: 'flood',
      packets: dice.of(['publish 0', 'publish 1', 'publish 2', 'pubrel', 'pubrec'] as const),
      bytes: dice.chance(0.5) ? dice.size(100_000, 4_000_000) : dice.size(4_000_000, 64_000_000),
      size: dice.size(5, 3000),
      reads: dice.chance(0.3),
      next: next(),
    };
  if (roll < 73) return version === 5 ? drawBomb(dice) : { do: 'oversize', bytes: dice.size(20_000, 8_000_000) };
  if (roll < 75) return { do: 'oversize', bytes: dice.size(20_000, 8_000_000) };
  if (roll < 81)
    return {
      do: 'garbage',
      what: dice.of(['bytes', 'http', 'huge length', 'length without an end'] as const),
      next: next(),
    };
  if (roll < 87)
    return {
      do: 'refuse',
      code: version === 5 ? dice.of([128, 131, 135, 136, 137, 151]) : dice.of([1, 2, 3, 4, 5, 6, 255]),
      text: text(),
    };
  if (roll < 93)
    return {
      do: 'disconnect',
      code: dice.of([0, 129, 130, 137, 139, 141, 142, 147, 151, 157, 255]),
      text: text(),
      closes: dice.chance(0.6),
    };
  if (roll < 96) return { do: 'twice' };
  if (roll < 98)
    return {
      do: 'limits',
      receiveMaximum: dice.of([1, 2, 65_535]),
      maximumPacketSize: dice.of([1, 30, 100, 268_435_455]),
      aliases: dice.of([0, 1, 65_535]),
    };
  return { do: 'session present' };
}

function drawBomb(dice: Dice): Act {
  const [least, most] = dice.of([
    [20_000, 1_000_000],
    [20_000, 1_000_000],
    [1_000_000, 16_000_000],
  ] as const);
  const on = dice.of(['answer', 'message'] as const);
  const what = on === 'message' && dice.chance(0.3) ? 'subscription identifiers' : 'user properties';
  return { do: 'bomb', on, what, bytes: dice.size(least, most), size: dice.of([0, 0, 0, 1, 100, 60_000]) };
}

/** The moments at which an act makes sense, in this program. */
function momentsOf(act: Act, program: ProgramName, qos: QoS): readonly Moment[] {
  if (act.do === 'limits' || act.do === 'session present') return ['connect'];
  const publisher: Moment[] = ['publish', 'publish', 'publish', ...(qos === 2 ? (['pubrel'] as const) : [])];
  const subscriber: Moment[] = [
    'subscribe',
    ...ACKS[qos],
    ...(program.endsWith('--drain') ? (['pingreq'] as const) : []),
  ];
  const own = program === 'rr' ? [...publisher, 'subscribe' as const] : isPublisher(program) ? publisher : subscriber;
  // At QoS 0 a message has no answer; only tsrr gets a response.
  const unanswered: readonly Moment[] = [
    'puback',
    'pubcomp',
    ...(qos === 0 && program !== 'rr' ? (['publish'] as const) : []),
  ];
  const answered: Moment[] = ['connect', ...own.filter((at) => !unanswered.includes(at))];
  if (act.do === 'refuse') return answered.filter((at) => at !== 'pingreq' && at !== 'pubrel' && at !== 'pubrec');
  if (act.do === 'bomb' && act.on === 'message')
    return ['connect', ...own.filter((at) => at === 'publish' || at === 'subscribe')];
  if (act.do === 'bomb' || act.do === 'twice') return answered.filter((at) => at !== 'pingreq');
  if (act.do === 'oversize') return ['connect', ...own.filter((at) => at === 'subscribe' || at === 'publish')];
  return ['accept', 'connect', 'connect', 'connect', ...own, 'pingreq', 'disconnect'];
}

const ACKS: Readonly<Record<QoS, readonly Moment[]>> = { 0: [], 1: ['puback'], 2: ['pubrec', 'pubcomp'] };

function drawTrigger(dice: Dice, moments: readonly Moment[], act: Act, count: number): Trigger {
  const at = dice.of(moments);
  const repeats = at !== 'accept' && at !== 'connect' && at !== 'subscribe' && at !== 'disconnect' && at !== 'pingreq';
  const nth = repeats ? dice.of([1, 1, dice.between(1, count)]) : 1;
  // What changes an answer, or takes its place.
  const changes = ['bomb', 'refuse', 'twice', 'limits', 'session present', 'oversize'].includes(act.do);
  if (changes || at === 'accept') return { at, nth, as: 'unanswered' };
  return { at, nth, as: dice.of(['unread', 'unanswered', 'answered', 'answered'] as const) };
}
