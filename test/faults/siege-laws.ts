// What has to hold in every session of a siege, whatever the broker did.

import { fails, type SiegeLog } from './siege-log.ts';
import { isPublisher, isSpool, isSubscriber, type Plan } from './siege-plan.ts';
import { textsOf } from './siege-programs.ts';
import type { Watched } from './siege-watch.ts';

/** By gravity. */
export const LAWS = [
  'no false 0',
  'nothing leaves the spool unread',
  'nothing acknowledged is unhandled',
  'no crash',
  'no hang',
  'one SIGTERM is enough',
  'no growth',
  'no control characters',
  'a failure has words',
  'nothing is left behind',
  'no malformed packet',
] as const;
type Law = (typeof LAWS)[number];

export interface Breach {
  readonly law: Law;
  readonly words: string;
}

export interface Session extends Watched {
  readonly plan: Plan;
  readonly log: SiegeLog;
  /** Names of what the command of --exec has handled. */
  readonly handled: readonly string[];
  /** Names of what is left in the spool, or why that cannot be known. */
  readonly left: readonly string[] | string;
  /** Processes and files. */
  readonly leftovers: readonly string[];
  /** Kilobytes that the program has in a calm session. */
  readonly baseline: number;
}

/** Kilobytes. */
const MOST_GROWTH = 150 * 1024;
const CRASHED = new Set([70, 134, 139]);
const CRASH_SIGNALS = new Set(['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGTRAP', 'SIGFPE']);
const TRACE =
  /^\s+at .*:\d+:\d+\)?$|Internal error|\b(Type|Range|Reference|Syntax)Error\b|node:internal|heap out of memory/m;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;
/** Timed out, nothing was queued, a signal, never connected until then: the status says it. */
const NEEDS_NO_WORDS = new Set([0, 27, 28, 130, 143, 255]);

export function breaches(session: Session): Breach[] {
  const found: Breach[] = [];
  const report = (law: Law, words: readonly string[]): void => {
    if (words.length > 0)
      found.push({ law, words: words.length > 3 ? `${words.slice(0, 3).join('; ')}; and more` : words.join('; ') });
  };
  report('no false 0', falseSuccess(session));
  report('nothing leaves the spool unread', lostFromSpool(session));
  report('nothing acknowledged is unhandled', unhandled(session));
  report('no crash', crashes(session));
  report('no hang', session.late === undefined ? [] : [session.late]);
  report('one SIGTERM is enough', session.stubborn === undefined ? [] : [session.stubborn]);
  report('no growth', growth(session));
  const control = CONTROL.exec(session.stderr);
  report('no control characters', control === null ? [] : [JSON.stringify(around(session.stderr, control.index))]);
  report('a failure has words', isSilent(session) ? [`exit status ${session.status}, and no word of it`] : []);
  report('nothing is left behind', session.leftovers);
  report('no malformed packet', session.log.malformed);
  return found;
}

function falseSuccess({ plan, log, status, printed, terminated }: Session): string[] {
  const { program, count, qos } = plan;
  const names = namesOf(plan);
  if (program === 'library publish') {
    const published = names.filter((name) => printed.spoken.includes(`published ${name}`));
    // At QoS 0 it is end() that promises.
    const promised = qos > 0 || printed.spoken.includes('ended') ? published : [];
    return promised.filter((name) => log.delivered(name) === 0).map((name) => `${name} resolved: ${became(log, name)}`);
  }
  if (status !== 0) return [];
  if (isPublisher(program) && !isSpool(program)) {
    const wanted = program === 'pub --repeat' ? count : 1;
    return names
      .filter((name) => log.delivered(name) < wanted)
      .map((name) => `exit status 0: ${name} ${became(log, name)}, ${log.delivered(name)} of ${wanted} delivered`);
  }
  if (program === 'rr') {
    if (!log.reads.some(({ name }) => name === 'm-1')) return ['exit status 0: the request was not read'];
    return printed.lines > 0 ? [] : ['exit status 0: no response was printed'];
  }
  // A subscriber that is asked to end has done what it was asked to.
  if (terminated) return [];
  if (program === 'sub -C' && printed.lines < count) return [`exit status 0: ${printed.lines} of ${count} printed`];
  if (program === 'sub --drain') {
    if (printed.lines === 0) return ['exit status 0: nothing was printed'];
    const last = log.connections.length - 1;
    const queued = log.sent.filter(({ connection }) => connection === last);
    return queued
      .filter(({ name }) => !printed.names.has(name))
      .map(({ name }) => `exit status 0: ${name} not printed`);
  }
  return [];
}

/** What became of a message on the side of the broker. */
function became(log: SiegeLog, name: string): string {
  const reads = log.reads.filter((read) => read.name === name);
  if (reads.length === 0) return 'was never read';
  return reads
    .map(({ qos, answer, completed }) => `read at QoS ${qos}, answer ${answer}, completed ${completed}`)
    .join(', ');
}

function lostFromSpool({ plan, log, status, left }: Session): string[] {
  if (!isSpool(plan.program)) return [];
  if (typeof left === 'string') return [left];
  // With another status a new message may not have been accepted; what --flush finds was accepted before.
  if (status !== 0 && plan.program !== 'pub --spool --flush') return [];
  return namesOf(plan)
    .filter((name) => !left.includes(name) && log.delivered(name) === 0)
    .map((name) => `${name} is not in the spool and ${became(log, name)}`);
}

function unhandled({ plan, log, printed, handled }: Session): string[] {
  if (!isSubscriber(plan.program)) return [];
  const isExec = plan.program.includes('--exec');
  const isHandled = (name: string): boolean => (isExec ? handled.includes(name) : printed.names.has(name));
  const lost = log.sent
    .filter(({ name, acknowledged, hadDeadLetter }) => {
      if (!acknowledged || isHandled(name)) return false;
      return !(plan.program.endsWith('--dead-letter') && fails(name) && hadDeadLetter);
    })
    .map(({ name }) => `${name} was acknowledged`);
  const floods = isExec ? handled.filter((name) => name.startsWith('flood')).length : printed.floods;
  return log.floodAcks > floods ? [...lost, `${log.floodAcks} of a flood acknowledged, ${floods} handled`] : lost;
}

function crashes({ plan, status, signal, stderr, stubborn, printed }: Session): string[] {
  const found: string[] = [];
  if (status !== null && CRASHED.has(status)) found.push(`exit status ${status}`);
  const killed = plan.signal?.name === 'SIGKILL' || stubborn !== undefined;
  if (signal !== null && (CRASH_SIGNALS.has(signal) || (signal === 'SIGKILL' && !killed))) found.push(signal);
  const trace = TRACE.exec(stderr);
  if (trace !== null) found.push(JSON.stringify(around(stderr, trace.index)));
  found.push(...printed.spoken.filter((line) => line.includes('not a Failure')));
  return found;
}

function growth({ peak, baseline }: Session): string[] {
  const megabytes = (kilobytes: number): number => Math.round(kilobytes / 1024);
  return peak - baseline > MOST_GROWTH ? [`${megabytes(peak)} MB, in calm ${megabytes(baseline)} MB`] : [];
}

const isSilent = ({ plan, status, stderr }: Session): boolean =>
  status !== null && !NEEDS_NO_WORDS.has(status) && stderr === '' && !plan.program.startsWith('library');

const namesOf = (plan: Plan): string[] => textsOf(plan).map((text) => text.split(' ')[0]!);

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 60), at + 60);
