/** The manual page of a client, from the tables of options, formats, properties and failures. */
import { PROPERTIES, type PropertyRow, type PropertyType } from '../../../mqtt/properties.ts';
import { connackText, REASONS } from '../../../mqtt/reasons.ts';
import { SPECIFIERS } from '../../../output/specifiers.ts';
import { CONVERSIONS } from '../../../output/time.ts';
import { findOption, optionsOf } from '../../options/index.ts';
import { defaultText, environmentName, GROUPS, type Option } from '../../options/option.ts';
import { type ClientId, PROGRAMS, type ProgramId, programOf } from '../../programs.ts';
import { targetsOf } from '../../values/property.ts';
import { aboutOf } from '../about.ts';
import { groupsOf } from '../topics.ts';
import {
  type Block,
  form,
  list,
  literal,
  opening,
  PARAGRAPH,
  type Page,
  pages,
  paragraph,
  type Section,
  section,
  sentence,
  subsection,
} from './document.ts';
import { FORMAT_ESCAPES, FORMAT_EXAMPLES, FORMAT_INTRO } from './formats.ts';
import { PURPOSES } from './purposes.ts';
import { statusRows, TWO_MEANINGS } from './statuses.ts';
import {
  COMMAND_VARIABLES,
  COMMAND_VARIABLES_INTRO,
  ENVIRONMENT_INTRO,
  EXAMPLE_FILE,
  EXAMPLE_OPTIONS,
  optionsFile,
  variables,
} from './surroundings.ts';
import { TEXTS } from './texts.ts';

export function clientPage(program: ClientId): Page {
  const { name, synopsis, examples } = PROGRAMS[program];
  const {
    about,
    description: [first, ...rest],
    signals,
    examples: scripts,
    differences,
  } = TEXTS[program];
  return {
    name,
    summary: about,
    sections: [
      section('SYNOPSIS', ...synopsis.map(form)),
      section('DESCRIPTION', opening(first), ...rest.flatMap((text) => [PARAGRAPH, paragraph(text)])),
      optionsSection(program),
      ...(findOption(program, '-F') === undefined ? [] : [formats()]),
      propertiesSection(),
      section('ENVIRONMENT', ...environment(program)),
      section('FILES', ...files(program, EXAMPLE_OPTIONS[program])),
      section('EXIT STATUS', ...exitStatus(program)),
      section('SIGNALS', list(signals)),
      section(
        'EXAMPLES',
        ...[...examples.map(([line, what]) => [sentence(what, ':'), [`${name} ${line}`]] as const), ...scripts].flatMap(
          ([what, lines], i) => [...(i === 0 ? [] : [PARAGRAPH]), paragraph(what), literal(...lines)],
        ),
      ),
      section(
        'COMPATIBILITY',
        paragraph(
          `The options, the output and the documented exit statuses are those of *${PROGRAMS[program].original}* 2.1. These are the main differences, all of them on purpose:`,
        ),
        PARAGRAPH,
        ...paragraphs([
          ...differences,
          'The file *COMPATIBILITY.md* of the package lists all differences, with reasons.',
        ]),
      ),
      section('SEE ALSO', seeAlso(program)),
    ],
  };
}

export const optionsSection = (program: ProgramId): Section =>
  section(
    'OPTIONS',
    paragraph(
      'The word after an option is its value, even if it begins with a dash. A long option with one value can also be written *--long=value*. If an option is given more than once, the last one counts, unless its text says otherwise. Options can also be given in the environment and in an options file; see ENVIRONMENT and FILES.',
    ),
    ...groupsOf(program).map((group) => subsection(GROUPS[group], optionList(program, group))),
  );

const paragraphs = (texts: readonly string[]): Block[] =>
  texts.flatMap((text, i) => [...(i === 0 ? [] : [PARAGRAPH]), paragraph(text)]);

function optionList(program: ProgramId, group: Option['group']): Block {
  return list(
    optionsOf(program)
      .filter((option) => option.group === group)
      .map((option) => [optionNames(option), optionText(program, option)] as const),
  );
}

function optionNames(option: Option): string {
  const names = option.names.map((name) => `*${name}*`).join(', ');
  return option.arity === 0 ? names : `${names} ${option.placeholder.replace(/\w+/g, '_$&_')}`;
}

function optionText(program: ProgramId, option: Option): string {
  const variable = environmentName(option);
  const usual = defaultText(option, program);
  return [
    aboutOf(program, option),
    ...(usual === undefined ? [] : [`Default: ${usual}.`]),
    ...(variable === undefined ? [] : [`Environment: ${variable}.`]),
  ].join(' ');
}

function formats(): Section {
  return section(
    'FORMATS',
    ...paragraphs(FORMAT_INTRO),
    PARAGRAPH,
    list(
      SPECIFIERS.map(({ letter, about }) => [`*%${letter}*`, about]),
      'Ds',
      true,
    ),
    PARAGRAPH,
    paragraph('Other characters with a meaning:'),
    list(FORMAT_ESCAPES),
    PARAGRAPH,
    paragraph('The letters after *@* are:'),
    PARAGRAPH,
    list(
      CONVERSIONS.map(({ letter, about }) => [`*@${letter}*`, about]),
      'Ds',
      true,
    ),
    PARAGRAPH,
    paragraph('Examples:'),
    literal(...FORMAT_EXAMPLES.map(([format, what]) => `${format.padEnd(24)}${what}`)),
  );
}

const TYPES: Readonly<Record<PropertyType, string>> = {
  byte: 'a number, 0 to 255',
  u16: 'a number, 0 to 65535',
  u32: 'a number, 0 to 4294967295',
  varint: 'a number, 0 to 268435455',
  string: 'text',
  binary: 'bytes',
  pair: 'two texts, a key and a value',
};

export function propertiesSection(): Section {
  const rows = (PROPERTIES as readonly PropertyRow[]).filter((row) => targetsOf(row).length > 0);
  const valueText = ({ type, min, max, topicName }: PropertyRow): string => {
    if (topicName) return 'a topic';
    const value = TYPES[type];
    return max === undefined ? value.replace('0 to', `${min ?? 0} to`) : `${min ?? 0} or ${max}`;
  };
  return section(
    'PROPERTIES',
    paragraph(
      '*-D* _COMMAND_ _NAME_ _VALUE_ adds an MQTT 5 property to the packet that _COMMAND_ names. A packet can have each property once, and *user-property* several times.',
    ),
    list(
      rows.map((row) => [
        `*${row.name}*`,
        `${PURPOSES[row.name]} Packets: ${targetsOf(row).join(', ')}. Value: ${valueText(row)}.`,
      ]),
    ),
  );
}

export function environment(program: ProgramId): Block[] {
  const hasFormat = findOption(program, '-F') !== undefined;
  return [
    paragraph(ENVIRONMENT_INTRO),
    list(variables(hasFormat)),
    ...(findOption(program, '--exec') === undefined
      ? []
      : [subsection('Variables of commands', paragraph(COMMAND_VARIABLES_INTRO), list(COMMAND_VARIABLES))]),
  ];
}

/** `words`: what makes a run whole whose other options are in the file. */
export function files(program: ProgramId, words: string): Block[] {
  const { name, original } = programOf(program);
  return [
    list([optionsFile(name, original)]),
    PARAGRAPH,
    paragraph(`A complete *~/.config/${name}*:`),
    literal(...EXAMPLE_FILE),
    PARAGRAPH,
    paragraph('With that file, this run connects to another broker, at QoS 2:'),
    literal(`TSMOSQ_HOST=test.example.com ${name} ${words}${findOption(program, '-q') === undefined ? '' : ' -q 2'}`),
  ];
}

function exitStatus(program: ClientId): Block[] {
  const rejections = REASONS.filter(({ code }) => code >= 128);
  return [
    list(statusRows(program, TEXTS[program].statuses), '128'),
    subsection(
      'Statuses with two meanings',
      paragraph(
        'The numbers of Mosquitto overlap, and scripts depend on them. Standard error shows which meaning applies.',
      ),
      list(TWO_MEANINGS, '128'),
    ),
    subsection(
      'Rejected connections before MQTT 5',
      list(
        [1, 2, 3, 4, 5].map((code) => [`${code}`, connackText(code, 4)]),
        'Ds',
        true,
      ),
    ),
    subsection(
      'Reason codes of MQTT 5',
      paragraph('A broker can reject a connection, a message or a subscription with one of these codes.'),
      PARAGRAPH,
      list(
        rejections.map(({ code, text }) => [`${code}`, text]),
        'Ds',
        true,
      ),
    ),
  ];
}

function seeAlso(program: ClientId): Block {
  const others = [...Object.values(PROGRAMS).map(({ name }) => name), 'tspasswd', 'tsspool'].filter(
    (name) => name !== PROGRAMS[program].name,
  );
  const all = [PROGRAMS[program].original, ...others.sort()];
  return pages(...all.map((name) => `${name} 1`));
}
