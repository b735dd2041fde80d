/** The manual page of tsspool, from its tables. */
import { FORMS, OPTIONS, type SpoolForm, type SpoolOption } from '../../spool/options.ts';
import { list, literal, optionLabel, PARAGRAPH, page, paragraph, section, sentence } from './roff.ts';

export function spoolPage(): string {
  return page({
    name: 'tsspool',
    summary: 'look into a folder of MQTT messages that wait to be sent',
    sections: [
      section('SYNOPSIS', '.Nm', '.Ar DIR', '.Ar FORM', '.Op Ar option ...'),
      section(
        'DESCRIPTION',
        '.Nm',
        paragraph(
          'shows and changes what *tspub --spool* _DIR_ has kept because it could not be delivered, as one looks into a mail queue. It sends nothing: *tspub --spool* _DIR_ *--flush* does.',
        ),
        PARAGRAPH,
        paragraph(
          'Messages have numbers, counted from 1 over the life of the folder, and leave in that order. A folder belongs to one user and can be entered by nobody else; several programs may use it at the same time.',
        ),
      ),
      section(
        'FORMS',
        list(FORMS.map((form: SpoolForm) => [optionLabel(form), sentence(form.help)] as const)),
        PARAGRAPH,
        paragraph(
          'An import is taken as a whole or not at all, also when it is killed, up to 16 megabytes of topics and payloads; what is larger is taken in parts of that size. A signal ends it between two of them, and the line to go on with is said.',
        ),
      ),
      section(
        'OPTIONS',
        list(OPTIONS.map((option: SpoolOption) => [optionLabel(option), optionText(option)] as const)),
      ),
      section(
        'FILES',
        list([
          ['_DIR_*/*_NUMBER_*.msg*', 'Messages, each with a checksum.'],
          ['_DIR_*/journal*', 'What became of them.'],
          ['_DIR_*/damaged-*_FILE_', 'Bytes that could not be read, set aside and told.'],
        ]),
      ),
      section(
        'EXIT STATUS',
        list(
          [
            ['0', 'It was done; with *verify*, everything is whole.'],
            ['1', 'It was not done; with *verify*, something is damaged.'],
            ['3', 'With *import*, a line is no message; nothing was added.'],
            ['130, 143', 'A signal ended an *import* when a part of it was taken.'],
            ['141', 'The reader of standard output has gone.'],
          ],
          '141',
        ),
      ),
      section(
        'EXAMPLES',
        paragraph('Where is the jam? A line for each topic, a column for each age in minutes:'),
        literal('tsspool ~/spool shape', "tsspool ~/spool shape --levels 1 --topic 'home/#'"),
        paragraph('Give up what nobody wants any more:'),
        literal("tsspool ~/spool drop --topic 'home/#' --older-than 2d"),
        paragraph('Carry messages over to another machine:'),
        literal('tsspool ~/spool export | ssh other tsspool spool import'),
        paragraph('Tell by mail when messages stay for more than an hour (cron mails what is printed):'),
        literal('0 * * * * tsspool ~/spool list --older-than 1h'),
      ),
      section('SEE ALSO', '.Xr tspub 1'),
    ],
  });
}

const optionText = ({ help, goesWith }: SpoolOption): string =>
  `${sentence(help)}${goesWith === undefined ? '' : ` With ${goesWith.join(', ')}.`}`;
