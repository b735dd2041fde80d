/** The words that `--help` takes besides options: groups of options, sections of the manual page, and the whole of either. */
import { optionsOf } from '../options/index.ts';
import { GROUPS, type OptionGroup } from '../options/option.ts';
import { type ProgramId, programOf } from '../programs.ts';

/** The groups of which the program has options, in the order of the help text. */
export function groupsOf(program: ProgramId): readonly OptionGroup[] {
  return (Object.keys(GROUPS) as OptionGroup[]).filter((group) =>
    optionsOf(program).some((option) => option.group === group),
  );
}

/** By topic, the titles of its sections in the manual page. */
export const SECTIONS = {
  examples: ['EXAMPLES'],
  formats: ['FORMATS'],
  status: ['EXIT STATUS'],
  config: ['ENVIRONMENT', 'FILES'],
  properties: ['PROPERTIES'],
  signals: ['SIGNALS'],
  compatibility: ['COMPATIBILITY'],
} as const;

type SectionTopic = keyof typeof SECTIONS;

/** Programs without `-F` have no section on formats, and those without a model none on compatibility. */
const hasSection = (program: ProgramId, topic: SectionTopic): boolean =>
  (topic !== 'formats' || optionsOf(program).some(({ names }) => names[0] === '-F')) &&
  (topic !== 'compatibility' || programOf(program).original !== undefined);

/** What `--help` names: lines are precious there. */
export const mainTopicsOf = (program: ProgramId): readonly string[] => [
  'all',
  'man',
  ...(['examples', 'formats', 'status', 'config'] as const).filter((topic) => hasSection(program, topic)),
  ...groupsOf(program),
];

export const topicsOf = (program: ProgramId): readonly string[] => [
  ...mainTopicsOf(program),
  'properties',
  'signals',
  ...(hasSection(program, 'compatibility') ? ['compatibility'] : []),
];

export const isSectionTopic = (program: ProgramId, topic: string): topic is SectionTopic =>
  Object.hasOwn(SECTIONS, topic) && hasSection(program, topic as SectionTopic);
