/** Runs of the Mosquitto 2.1 clients, recorded: what they say of a command line, we say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/complaint.ts';
import { PROGRAMS, type ProgramId } from '../../src/cli/programs.ts';
import { withoutUsageHint } from '../support/hint.ts';
import { fixture, planWith, type RecordedRun } from './support.ts';

interface Departure {
  /** The lines that we say, without the hint; only warnings, or nothing, when we go on. */
  readonly says: readonly string[];
  readonly why: string;
}

/** Each reason has its row in COMPATIBILITY.md. */
const IS_NUMBER = 'what is no number is not 0';
const REASON = 'the reason is told';
const ASSIGNMENT = '--long=value is accepted';
const HTTP_PROXY = 'HTTP proxies are supported';
const IDLE_TLS = 'TLS options are not ignored';
const NO_EFFECT = 'what has no effect is told';

/** Where we differ on purpose. */
const DEPARTURES: Readonly<Record<string, Departure>> = {
  c133: { says: ['Error: Both topic and message must be supplied.'], why: ASSIGNMENT },
  c134: { says: [], why: ASSIGNMENT },
  c163: { says: ['Error: Invalid port given: 99999999999'], why: 'numbers do not wrap' },
  c182: { says: ['Error: Invalid message count "abc".'], why: IS_NUMBER },
  c183: { says: ['Error: Invalid message count "".'], why: IS_NUMBER },
  c186: { says: ['Error: Invalid timeout "x".'], why: IS_NUMBER },
  c187: { says: ['Error: Invalid timeout "0.5".'], why: 'what is no whole number is not cut off' },
  c314: {
    says: ['Error: Properties (-D) need MQTT 5, but a later option selects MQTT 3.1.1.'],
    why: REASON,
  },
  c316: { says: ['Error in Will properties: payload-format-indicator must be 0 or 1'], why: REASON },
  c361: {
    says: ['Error: Invalid URL for -L argument specified - host missing.'],
    why: 'IPv6 addresses stand in brackets',
  },
  c362: { says: [], why: HTTP_PROXY },
  c372: { says: ['Error: Invalid proxy: the user name is empty.'], why: REASON },
  c374: { says: ['Error: Invalid proxy: bad host, write an IPv6 address in brackets.'], why: REASON },
  c376: { says: ["Error: Invalid proxy: bad percent-encoding, write '%25' for '%'."], why: REASON },
  c377: { says: [], why: 'percent-encoding is decoded whole' },
  c378: { says: [], why: HTTP_PROXY },
  c379: { says: [], why: HTTP_PROXY },
  c400: {
    says: ['Error: reason-string property not supported for connack in --property argument.'],
    why: REASON,
  },
  c401: {
    says: ['Error: assigned-client-identifier property not supported for connack in --property argument.'],
    why: REASON,
  },
  c440: { says: ['Error in CONNECT properties: maximum-packet-size must be at least 1'], why: REASON },
  c441: { says: ['Error in CONNECT properties: request-problem-information must be 0 or 1'], why: REASON },
  c442: { says: ['Error in CONNECT properties: request-response-information must be 0 or 1'], why: REASON },
  c444: {
    says: ['Error: Properties (-D) need MQTT 5, but a later option selects MQTT 3.1.1.'],
    why: REASON,
  },
  c446: {
    says: ['Error in CONNECT properties: Duplicate property in property list'],
    why: 'properties are checked before connecting, as in 2.0',
  },
  c497: { says: [], why: '-o is not looked for in the values of other options' },
  c506: { says: [], why: '-D works in an options file' },
  c515: { says: [], why: 'lines of an options file have any length' },
  c524: { says: ['Error: Unable to read options file "/run-folder/none".'], why: 'the file of -o must exist' },
  c540: { says: ['Error: Invalid port given: abc'], why: IS_NUMBER },
  c541: {
    says: ['Error: --tls-keylog needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.'],
    why: IDLE_TLS,
  },
  c555: { says: ["Warning: only the last topic given is used: 'd/2'."], why: NO_EFFECT },
  c571: { says: ['Warning: -x has no effect with MQTT 3.1.1.'], why: NO_EFFECT },
  c572: { says: ['Error: Invalid QoS given: abc'], why: IS_NUMBER },
  c573: {
    says: ['Error: Invalid keepalive given, it must be between 5 and 65535 inclusive.'],
    why: 'what is no whole number is not cut off',
  },
  c574: {
    says: ['Error: --ciphers needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.'],
    why: IDLE_TLS,
  },
  c575: {
    says: ['Error: --insecure needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.'],
    why: IDLE_TLS,
  },
  c577: { says: ['Error: Unable to read options file "/run-folder/none".'], why: 'the file of -o must exist' },
  c578: { says: ['Error in PUBLISH properties: payload-format-indicator must be 0 or 1'], why: REASON },
  c579: { says: ['Error in PUBLISH properties: topic-alias must be at least 1'], why: REASON },
  c580: {
    says: ["Error in PUBLISH properties: response-topic 'a/+' must be a topic without '+' and '#'"],
    why: REASON,
  },
};

/** Faults in an options file: we say the same, and then the file and the line. */
const PLACES: Readonly<Record<string, string>> = {
  c499: 'o.conf, line 1',
  c500: 'o.conf, line 1',
  c501: 'o.conf, line 1',
  c504: 'o.conf, line 1',
  c505: 'o.conf, line 1',
  c509: 'o.conf, line 1',
  c510: 'o.conf, line 1',
  c511: 'o.conf, line 1',
  c512: 'o.conf, line 1',
  c514: 'o.conf, line 2',
  c518: 'o.conf, line 2',
  c520: 'x/mosquitto_pub, line 1',
  c521: 'h/.config/mosquitto_sub, line 1',
};

/** The line is good; what goes wrong is found when it is done: a missing file, a server that does not answer. */
const FAILS_LATER: ReadonlySet<string> = new Set(
  'c328 c335 c337 c339 c488 c491 c492 c495 c527 c528 c529 c530 c531 c532 c533 c539'.split(' '),
);

const runs = fixture<RecordedRun[]>('diagnostics.json');
const programOf = (run: RecordedRun): ProgramId => run.command.slice('mosquitto_'.length) as ProgramId;

const FOLDER = '/run-folder';
const fill = (text: string): string =>
  text.replaceAll('{tmp}', FOLDER).replaceAll('{port}', '1883').replaceAll('{closed}', '1');
const theirs = (run: RecordedRun): string => fill(run.stderr).replaceAll(run.command, PROGRAMS[programOf(run)].name);

/** The lines of help among what we say, by the id of the run. */
const hints: Record<string, string | undefined> = {};

/** What we make of the command line: what is said, and whether the run goes on. */
function outcome(run: RecordedRun): { goesOn: boolean; stderr: string } {
  const files = Object.fromEntries(
    Object.entries(run.files ?? {}).map(([name, text]) => [`${FOLDER}/${name}`, fill(text)]),
  );
  const env = Object.fromEntries(
    Object.entries({ HOME: '/no/such/home', ...run.env }).map(([name, text]) => [name, fill(text)]),
  );
  try {
    const plan = planWith(programOf(run), { files, env }, ...run.argv.map(fill));
    if (plan.program === 'text') return { goesOn: false, stderr: '' };
    return { goesOn: true, stderr: plan.quiet ? '' : plan.warnings.map((line) => `${line}\n`).join('') };
  } catch (error) {
    if (error instanceof UsageError) {
      hints[run.id] = /^Hint: .*/m.exec(error.stderr)?.[0];
      return { goesOn: false, stderr: withoutUsageHint(error.stderr) };
    }
    throw error;
  }
}

const known = (run: RecordedRun): boolean => run.id in DEPARTURES || run.id in PLACES;
const goesOn = (run: RecordedRun): boolean => run.needs === 'broker' || FAILS_LATER.has(run.id);

describe('a recorded command line', () => {
  const refused = runs.filter((run) => !known(run) && !goesOn(run));
  const taken = runs.filter((run) => !known(run) && goesOn(run));
  const different = runs.filter((run) => run.id in DEPARTURES);
  const placed = runs.filter((run) => run.id in PLACES);

  it.each(refused)('$id $command $argv ends with the same bytes', (run) => {
    expect(outcome(run)).toEqual({ goesOn: false, stderr: theirs(run) });
  });

  it.each(taken)('$id $command $argv is good', (run) => {
    expect(outcome(run)).toEqual({ goesOn: true, stderr: '' });
  });

  it.each(different)('$id $command $argv gets our own answer', (run) => {
    const { says } = DEPARTURES[run.id]!;
    const { goesOn, stderr } = outcome(run);
    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Use '));
    expect(lines).toEqual(says);
    expect(goesOn).toBe(says.every((line) => line.startsWith('Warning')));
  });

  it.each(placed)('$id $command $argv gets the same answer, and the place', (run) => {
    const [first, ...rest] = theirs(run).split('\n');
    const place = `In options file ${FOLDER}/${PLACES[run.id]}.`;
    expect(outcome(run)).toEqual({ goesOn: false, stderr: [first, place, ...rest].join('\n') });
  });

  it('that cannot be used gets the line of help in the golden file, or none', () => {
    const golden = new URL('../golden/usage-hints.json', import.meta.url);
    const told = Object.fromEntries(
      runs.flatMap((run) => {
        outcome(run);
        return hints[run.id] === undefined ? [] : [[run.id, [run.argv.join(' '), hints[run.id]]]];
      }),
    );
    if (process.env['UPDATE'] === '1') writeFileSync(golden, `${JSON.stringify(told, null, 1)}\n`);
    expect(told).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });

  it('is one of 461, and most are not our own way', () => {
    expect(refused.length + taken.length + different.length + placed.length).toBe(461);
    expect(refused.length + taken.length).toBeGreaterThan(400);
  });
});
