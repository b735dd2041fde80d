// The command line of each program of a siege, and its input.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, launch } from '../support/run.ts';
import { isSpool, type Plan } from './siege-plan.ts';

/** An attempt to connect takes at most this; one that is to succeed has more, for a busy machine. */
export const connectSeconds = ({ patient }: Plan): number => (patient ? 8 : 3);
/** `-k`. */
export const KEEP_ALIVE_SECONDS = 5;

const VERSIONS = { 4: 'mqttv311', 5: 'mqttv5' } as const;

export interface Invocation {
  /** A program of ours, or `node`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: string | undefined;
}

/** The folders of a session; `scratch` is its TMPDIR. */
export interface Place {
  readonly folder: string;
  readonly scratch: string;
  /** What the command of --exec has handled, a name a line. */
  readonly handled: string;
  readonly spool: string;
}

export function placeIn(folder: string): Place {
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return { folder, scratch, handled: join(folder, 'handled'), spool: join(folder, 'spool') };
}

/** The messages of a session. --repeat sends one message several times. */
export function textsOf({ program, count, padding }: Plan): string[] {
  const number = program === 'pub --repeat' ? 1 : count;
  const filler = padding === 0 ? '' : ` ${'x'.repeat(padding)}`;
  return Array.from({ length: number }, (_, i) => `m-${i + 1}${filler}`);
}

/** Takes the name of the message from its first line, and fails for some: see fails() in siege-log.ts. */
const COMMAND = `read -r name rest; case "$name" in *[37]) exit 1;; esac; printf '%s\\n' "$name" >> "$SIEGE_HANDLED"`;

export function invocation(plan: Plan, port: number, ca: string | undefined, place: Place): Invocation {
  const { program, qos, version, count, number, seconds } = plan;
  const texts = textsOf(plan);
  const common = [
    ...[...at(port), '-V', VERSIONS[version], '-k', `${KEEP_ALIVE_SECONDS}`],
    ...['--connect-timeout', `${connectSeconds(plan)}`],
    ...(ca === undefined ? [] : ['--cafile', ca]),
    ...(seconds === undefined ? [] : ['-W', `${seconds}`]),
  ];
  const message = ['-t', 'siege', '-q', `${qos}`];
  const lines = texts.map((text) => `${text}\n`).join('');
  const kept = ['-c', '-i', `siege-${number}`];
  const call = (of: string, args: readonly string[], stdin?: string): Invocation => ({
    program: of,
    args: [...common, ...args],
    stdin,
  });
  switch (program) {
    case 'pub -m':
      return call('tspub', [...message, '-m', texts[0]!]);
    case 'pub -f':
      writeFileSync(join(place.folder, 'file'), texts[0]!);
      return call('tspub', [...message, '-f', join(place.folder, 'file')]);
    case 'pub -l':
      return call('tspub', [...message, '-l'], lines);
    case 'pub --repeat':
      return call('tspub', [...message, '-m', texts[0]!, '--repeat', `${count}`]);
    case 'pub --json-lines':
      return call('tspub', ['--json-lines'], texts.map((payload) => record(payload, qos)).join(''));
    case 'pub --spool -m':
      return call('tspub', [...message, '--spool', place.spool, '-m', texts[0]!]);
    case 'pub --spool -l':
      return call('tspub', [...message, '--spool', place.spool, '-l'], lines);
    case 'pub --spool --flush':
      return call('tspub', ['--spool', place.spool, '--flush']);
    case 'sub':
      return call('tssub', message);
    case 'sub -C':
      return call('tssub', [...message, '-C', `${count}`]);
    case 'sub --drain':
      return call('tssub', [...message, ...kept, '--drain', '--drain-quiet', '150']);
    case 'sub --exec':
      return call('tssub', [...message, '--exec', COMMAND]);
    case 'sub --exec --dead-letter':
      return call('tssub', [...message, '--exec', COMMAND, '--dead-letter', 'topic:dead']);
    case 'rr':
      return call('tsrr', [...message, '-e', 'answer', '-m', texts[0]!]);
    case 'library publish':
    case 'library subscribe':
      return library(plan, port, ca, texts);
  }
}

const record = (payload: string, qos: number): string => `${JSON.stringify({ topic: 'siege', qos, payload })}\n`;

function library(plan: Plan, port: number, ca: string | undefined, texts: readonly string[]): Invocation {
  const { program, qos, version } = plan;
  const options = {
    ...{ mode: program.split(' ')[1], qos, texts, topic: 'siege' },
    ...{ host: '127.0.0.1', port, version, keepAlive: KEEP_ALIVE_SECONDS, connectTimeout: connectSeconds(plan) * 1000 },
    ...(ca === undefined ? {} : { tls: { caFile: ca } }),
  };
  const driver = new URL('siege-library.mjs', import.meta.url).pathname;
  return { program: process.execPath, args: [driver], stdin: JSON.stringify(options) };
}

/** For --flush: everything is in the spool beforehand, put there by a run that reached no broker. */
export async function prepare(plan: Plan, place: Place): Promise<void> {
  if (plan.program !== 'pub --spool --flush') return;
  const args = [
    '--spool',
    place.spool,
    '-t',
    'siege',
    '-q',
    `${plan.qos}`,
    '-V',
    VERSIONS[plan.version],
    '-l',
    '--quiet',
  ];
  const lines = textsOf(plan).map((text) => `${text}\n`);
  const { exited } = launch('tspub', ['--unix', join(place.folder, 'nobody'), ...args], { stdin: lines.join('') });
  const { status } = await exited;
  if (status !== 0) throw new Error(`the spool could not be filled: exit status ${status}`);
}

/** The names of what is left in the spool, or why it cannot be known. */
export async function leftInSpool(plan: Plan, place: Place): Promise<string[] | string> {
  if (!isSpool(plan.program) || !existsSync(place.spool)) return [];
  const { status, stdout, stderr } = await launch('tsspool', [place.spool, 'export']).exited;
  // A run that was ended before it had made one.
  if (stderr.includes('is not a spool: it contains no messages')) return [];
  if (status !== 0 || stderr !== '') return `tsspool export: exit status ${status}: ${stderr}`;
  return [...stdout.toString('latin1').matchAll(/"payload":"(m-\d+)/g)].map(([, name]) => name!);
}
