/** The manual page of a client, from the tables of options, formats, properties and failures. */
import { FAILURES } from '../../../errors.ts';
import { PROPERTIES, type PropertyRow, type PropertyType } from '../../../mqtt/properties.ts';
import { connackText, REASONS } from '../../../mqtt/reasons.ts';
import { SPECIFIERS } from '../../../output/specifiers.ts';
import { CONVERSIONS } from '../../../output/time.ts';
import { findOption, optionsOf } from '../../options/index.ts';
import { defaultText, environmentName, GROUPS, type Option } from '../../options/option.ts';
import { PROGRAMS, type ProgramId } from '../../programs.ts';
import { targetsOf } from '../../values/property.ts';
import { aboutOf } from '../about.ts';
import { groupsOf } from '../usage.ts';
import { list, literal, PARAGRAPH, page, paragraph, section, sentence, subsection, synopsisText } from './roff.ts';
import { FORMAT_ESCAPES, FORMAT_EXAMPLES, FORMAT_INTRO, TEXTS } from './texts.ts';

export function clientPage(program: ProgramId): string {
  const { name, synopsis, examples } = PROGRAMS[program];
  const { about, description, signals, examples: scripts, differences } = TEXTS[program];
  return page({
    name,
    summary: about,
    sections: [
      section('SYNOPSIS', ...synopsis.flatMap((form) => ['.Nm', synopsisText(form)])),
      section('DESCRIPTION', '.Nm', ...paragraphs(description)),
      section(
        'OPTIONS',
        paragraph(
          'The word after an option is its value, whatever it looks like. Long options with one value can be written *--long=value*. The last of several counts, unless it says otherwise.',
        ),
        ...groupsOf(program).map((group) => subsection(GROUPS[group], optionList(program, group))),
      ),
      ...(findOption(program, '-F') === undefined ? [] : [formats()]),
      section('PROPERTIES', ...properties()),
      section('ENVIRONMENT', ...environment()),
      section('FILES', files(name, PROGRAMS[program].original)),
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
          `Options, output and exit statuses are those of *${PROGRAMS[program].original}* 2.1. These differences are intentional:`,
        ),
        PARAGRAPH,
        ...paragraphs([...differences, 'The file *COMPATIBILITY.md* of the package has the whole list, with reasons.']),
      ),
      section('SEE ALSO', seeAlso(program)),
    ],
  });
}

const paragraphs = (texts: readonly string[]): string[] =>
  texts.flatMap((text, i) => [...(i === 0 ? [] : [PARAGRAPH]), paragraph(text)]);

function optionList(program: ProgramId, group: Option['group']): string {
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
  const usual = defaultText(option);
  return [
    aboutOf(program, option),
    ...(usual === undefined ? [] : [`Default: ${usual}.`]),
    ...(variable === undefined ? [] : [`Environment: ${variable}.`]),
  ].join(' ');
}

function formats(): string {
  return section(
    'FORMATS',
    paragraph(FORMAT_INTRO),
    PARAGRAPH,
    list(
      SPECIFIERS.map(({ letter, about }) => [`*%${letter}*`, about]),
      'Ds',
      true,
    ),
    PARAGRAPH,
    paragraph('Besides:'),
    list(FORMAT_ESCAPES),
    PARAGRAPH,
    paragraph('The letters after *@*:'),
    PARAGRAPH,
    list(
      CONVERSIONS.map(({ letter, about }) => [`*@${letter}*`, about]),
      'Ds',
      true,
    ),
    PARAGRAPH,
    paragraph('For example:'),
    literal(...FORMAT_EXAMPLES.map(([format, what]) => `${format.padEnd(24)}${what}`)),
  );
}

const TYPES: Readonly<Record<PropertyType, string>> = {
  byte: 'a number, 0 to 255',
  u16: 'a number, 0 to 65535',
  u32: 'a number, 0 to 4294967295',
  varint: 'a number, 0 to 268435455',
  string: 'a text',
  binary: 'any bytes',
  pair: 'two texts, a key and a value',
};

function properties(): string[] {
  const rows = (PROPERTIES as readonly PropertyRow[]).filter((row) => targetsOf(row).length > 0);
  const valueText = ({ type, min, max, topicName }: PropertyRow): string => {
    if (topicName) return 'a topic';
    const value = TYPES[type];
    return max === undefined ? value.replace('0 to', `${min ?? 0} to`) : `${min ?? 0} or ${max}`;
  };
  return [
    paragraph(
      '*-D* _COMMAND_ _NAME_ _VALUE_ adds a property of MQTT 5 to the packet that _COMMAND_ names. These are the properties, the packets that take them, and their values:',
    ),
    list(rows.map((row) => [`*${row.name}*`, `${targetsOf(row).join(', ')}: ${valueText(row)}.`])),
  ];
}

function environment(): string[] {
  return [
    paragraph(
      'Every option with a long name can be given as a variable, which is named under OPTIONS. The command line wins over the environment, and that over the options file. An option without a value is set by 1, true, yes and on, and not by 0, false, no, off and nothing.',
    ),
    list([
      ['*XDG_CONFIG_HOME*, *HOME*', 'Where the options file is looked for.'],
      [
        '*SSL_CERT_FILE*, *SSL_CERT_DIR*',
        'With *--tls-use-os-certs*: what to trust in place of the certificates of the system.',
      ],
      ['*NO_COLOR*, *FORCE_COLOR*', 'No colour on a terminal, or colour everywhere; *--color* wins.'],
    ]),
  ];
}

function files(name: string, original: string): string {
  return list([
    [
      `*$XDG_CONFIG_HOME/${name}*, *~/.config/${name}*`,
      `Options that are read before the command line, one a line: its name, a blank, and the rest of the line is its value. A line that begins with # is a comment. Where there is none, *${original}* in the same folder is read.`,
    ],
  ]);
}

/** Another meaning of exit status 4, besides its text in the table. */
const ENDED_BY_BROKER =
  'the broker ended the connection, as when another client took over the session with its identifier';

function exitStatus(program: ProgramId): string[] {
  const texts = new Map<number, string[]>();
  for (const { status, text } of Object.values(FAILURES)) texts.set(status, [...(texts.get(status) ?? []), text]);
  texts.get(FAILURES['not-connected'].status)?.push(ENDED_BY_BROKER);
  const own = [...texts].map(([status, all]) => [`${status}`, `${all.join('; ')}.`] as const);
  const refusals = REASONS.filter(({ code }) => code >= 128);
  return [
    list(
      [
        ['0', program === 'pub' ? 'Every message was delivered.' : 'It did what was asked.'],
        ...own,
        ...TEXTS[program].statuses,
        ['128 and more', 'A signal, or the reason code of an MQTT 5 broker that refused, see below.'],
      ],
      '128',
    ),
    PARAGRAPH,
    paragraph('A broker that refuses the connection in MQTT 3 says why, and that is the exit status:'),
    list([1, 2, 3, 4, 5].map((code) => [`${code}`, `${connackText(code, 4)}.`])),
    PARAGRAPH,
    paragraph('In MQTT 5, of the connection, a message or a subscription:'),
    PARAGRAPH,
    list(
      refusals.map(({ code, text }) => [`${code}`, text]),
      'Ds',
      true,
    ),
  ];
}

function seeAlso(program: ProgramId): string {
  const others = [...Object.values(PROGRAMS).map(({ name }) => name), 'tspasswd'].filter(
    (name) => name !== PROGRAMS[program].name,
  );
  const all = [PROGRAMS[program].original, ...others.sort()];
  return all.map((name, i) => `.Xr ${name} 1${i === all.length - 1 ? '' : ' ,'}`).join('\n');
}
