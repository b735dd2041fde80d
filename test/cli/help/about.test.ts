/**
 * The sentences on each option, for the manual pages and `--help OPTION`.
 * Covers src/cli/help/about/checking.ts, src/cli/help/about/connection.ts, src/cli/help/about/exec.ts, src/cli/help/about/misc.ts,
 * src/cli/help/about/mqtt5.ts, src/cli/help/about/output.ts, src/cli/help/about/publishing.ts,
 * src/cli/help/about/session.ts, src/cli/help/about/spool.ts, src/cli/help/about/subscribing.ts,
 * src/cli/help/about/tls.ts, src/cli/help/about/transport.ts, src/cli/help/about/will.ts.
 */
import { describe, expect, it } from 'vitest';
import { CHECKING } from '../../../src/cli/help/about/checking.ts';
import { CONNECTION } from '../../../src/cli/help/about/connection.ts';
import { EXEC } from '../../../src/cli/help/about/exec.ts';
import { MISC } from '../../../src/cli/help/about/misc.ts';
import { MQTT5 } from '../../../src/cli/help/about/mqtt5.ts';
import { SESSION } from '../../../src/cli/help/about/session.ts';
import { SPOOL } from '../../../src/cli/help/about/spool.ts';
import { TLS } from '../../../src/cli/help/about/tls.ts';
import { TRANSPORT } from '../../../src/cli/help/about/transport.ts';
import { WILL } from '../../../src/cli/help/about/will.ts';
import { ABOUT, aboutOf } from '../../../src/cli/help/about.ts';
import * as connection from '../../../src/cli/options/connection.ts';
import * as exec from '../../../src/cli/options/exec.ts';
import { OPTIONS, optionsOf } from '../../../src/cli/options/index.ts';
import * as misc from '../../../src/cli/options/misc.ts';
import * as mqtt5 from '../../../src/cli/options/mqtt5.ts';
import type { Option } from '../../../src/cli/options/option.ts';
import * as session from '../../../src/cli/options/session.ts';
import * as spool from '../../../src/cli/options/spool.ts';
import * as tls from '../../../src/cli/options/tls.ts';
import * as transport from '../../../src/cli/options/transport.ts';
import * as will from '../../../src/cli/options/will.ts';
import { PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';

const PROGRAM_IDS = Object.keys(PROGRAMS) as ProgramId[];

/** The files of sentences, beside the rows that they are about. */
const TABLES: readonly (readonly [
  file: string,
  abouts: Readonly<Record<string, unknown>>,
  options: readonly Option[],
])[] = [
  ['connection', CONNECTION, connection.CONNECTION],
  ['transport', TRANSPORT, transport.TRANSPORT],
  ['session', SESSION, session.SESSION],
  ['spool', SPOOL, spool.SPOOL],
  ['exec', EXEC, exec.EXEC],
  ['will', WILL, will.WILL],
  ['mqtt5', MQTT5, mqtt5.MQTT5],
  ['tls', TLS, tls.TLS],
  ['misc', MISC, misc.MISC],
];

/** Options for which one sentence says everything. */
const ONE_SENTENCE: ReadonlySet<string> = new Set(['--version']);

const MOST_SENTENCES = 5;
const MOST_WORDS = 30;

/** The pages break lines in the same places. */
const sentencesOf = (text: string): string[] => text.split(/(?<=[.?!][*_)]*) +/);

/** Every option of every program with its sentences. */
const rows = PROGRAM_IDS.flatMap((program) =>
  optionsOf(program).map((option) => ({ program, name: option.names[0], text: aboutOf(program, option) })),
);

/** Those of the files above. */
const written = rows.filter(({ name }) => TABLES.some(([, abouts]) => name in abouts));

describe('the text about an option', () => {
  it('belongs to an option that exists', () => {
    const names = OPTIONS.map((option) => option.names[0]);
    expect(Object.keys(ABOUT).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(TABLES)('is there for every option of options/%s.ts, in every program that has it', (_, abouts, options) => {
    const missing = options.flatMap(({ names: [name], programs }) => {
      const about = abouts[name];
      if (typeof about === 'object')
        return programs
          .filter((id) => !(id in about!) && !(id === 'check' && name in CHECKING))
          .map((id) => `${name} of ${id}`);
      return typeof about === 'string' ? [] : [name];
    });
    expect(missing).toEqual([]);
    expect(Object.keys(abouts)).toEqual([...new Set(options.map(({ names }) => names[0]))]);
  });

  it('is there for every option of every program, so that no help line takes its place', () => {
    const missing = PROGRAM_IDS.flatMap((program) =>
      optionsOf(program)
        .filter((option) => aboutOf(program, option) === `${option.help}.`)
        .map(({ names }) => `${program} ${names[0]}`),
    );
    expect(missing).toEqual([]);
  });

  it('consists of whole sentences', () => {
    expect(rows.filter(({ text }) => !/^[A-Z*'].*[.)]$/.test(text))).toEqual([]);
  });

  it('has two to five sentences, or one where that says everything', () => {
    const outside = written.filter(({ name, text }) => {
      const { length } = sentencesOf(text);
      return length > MOST_SENTENCES || length < 2 !== ONE_SENTENCE.has(name);
    });
    expect(outside).toEqual([]);
  });

  it(`has at most ${MOST_WORDS} words in a sentence`, () => {
    const long = rows.flatMap(({ program, name, text }) =>
      sentencesOf(text)
        .filter((sentence) => sentence.split(' ').length > MOST_WORDS)
        .map((sentence) => `${program} ${name}: ${sentence}`),
    );
    expect(long).toEqual([]);
  });

  it('opens and closes its marks', () => {
    expect(rows.filter(({ text }) => text.split('*').length % 2 === 0)).toEqual([]);
  });

  it('names options that the program has', () => {
    const unknown = written.flatMap(({ program, name, text }) => {
      const known = new Set(optionsOf(program).flatMap(({ names }) => names as readonly string[]));
      // Of other commands, in their examples.
      const own = text.replaceAll(/\*(?:(?:tspub|openssl|chmod|rm|kill) |eval )[^*]*\*/g, (example) =>
        example.startsWith(`*${PROGRAMS[program].name} `) ? example : '',
      );
      const named = own.match(/(?<![\w-])--?[A-Za-z0][\w-]*/g) ?? [];
      return named.filter((word) => !known.has(word)).map((word) => `${program} ${name}: ${word}`);
    });
    expect(unknown).toEqual([]);
  });
});

describe('the help line of an option', () => {
  it('has at most 60 characters, begins with a capital and ends without a period', () => {
    const faulty = OPTIONS.filter(({ help }) => help.length > 60 || !/^[A-Z]/.test(help) || help.endsWith('.'));
    expect(faulty.map(({ names, help }) => `${names[0]}: ${help}`)).toEqual([]);
  });
});
