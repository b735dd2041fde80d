/** `tspasswd --help TOPIC` and `tsspool --help TOPIC`: which topics there are, and where the text of each is found. */
import { nearest } from '../../util/nearest.ts';
import { printable } from '../../util/printable.ts';
import { usageFailure } from '../small-grammar.ts';
import { shown } from '../words/shown.ts';
import type { SmallName, Subject } from './small-texts.ts';

/** The topics of a program that are not an option or a subcommand. `all` is the whole help text. */
const OTHERS = ['all', 'man', 'status', 'examples'] as const;

export interface Topics {
  readonly program: SmallName;
  readonly subjects: readonly Subject[];
  /** The text of `--help` alone. */
  readonly short: () => string;
  /** The text of `--help all`. */
  readonly full: () => string;
}

/** The word right after `--help`. Without one, the name of the requested subcommand, if it is among `requests`. */
export function topicOf(argv: readonly string[], requests: readonly string[] = []): string | undefined {
  const at = argv.indexOf('--help');
  return at < 0 ? undefined : (argv[at + 1] ?? requests.find((name) => argv.indexOf(name) > 0));
}

/** The text on a topic; long ones are loaded when they are printed. Throws a Failure of the kind usage. */
export function helpOn(topics: Topics, topic: string | undefined): string | (() => Promise<string>) {
  const { program, subjects, short, full } = topics;
  if (topic === undefined) return short();
  if (topic === 'all') return full();
  const load = () => import('./small-texts.ts');
  const subject =
    subjects.find(({ name }) => name === topic) ?? subjects.find(({ name }) => bare(name) === bare(topic));
  if (subject !== undefined) return async () => (await load()).subjectText(program, subject);
  if (topic === 'man') return async () => (await import('./small-manual.ts')).manualText(program);
  if (topic === 'status') return async () => (await load()).statusText(program);
  if (topic === 'examples') return async () => (await load()).examplesText(program);
  // An exit status.
  if (/^\d+$/.test(topic)) throw usageFailure(`Unknown help topic '${topic}'.`, `Use ${program} --help status.`);
  const names = [...OTHERS, ...subjects.map(({ name }) => bare(name))];
  const near = nearest(bare(topic), names);
  throw usageFailure(
    `Unknown help topic '${printable(shown(topic))}'.`,
    near === undefined
      ? `Use ${OTHERS.join(', ')}, or the name of an option${program === 'tsspool' ? ' or a subcommand' : ''}.`
      : `Did you mean ${program} --help ${near}?`,
  );
}

const bare = (name: string): string => name.replace(/^-+/, '');
