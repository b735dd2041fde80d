/** The manual page of tsspool, from its tables and the sentences on each row. */
import { FORMS, OPTIONS } from '../../spool/options.ts';
import { SPOOL_TOOL_ABOUT, SPOOL_TOOL_STATUS, SPOOL_TOOL_TASKS } from '../about/spool-tool.ts';
import {
  form,
  list,
  literal,
  optionLabel,
  PARAGRAPH,
  type Page,
  pages,
  paragraph,
  section,
  sentence,
} from './document.ts';

export function spoolPage(): Page {
  return {
    name: 'tsspool',
    summary: 'list, check and edit a spool of MQTT messages that wait to be sent',
    sections: [
      section('SYNOPSIS', form('DIR SUBCOMMAND [option ...]')),
      section(
        'DESCRIPTION',
        paragraph(
          'A spool is a directory where *tspub*(1) with *--spool* _DIR_ queues messages that it cannot deliver yet. *tsspool* shows and changes them.',
        ),
        PARAGRAPH,
        paragraph(
          '*tsspool* never connects to a broker. *tspub --spool* _DIR_ *--flush* sends everything that is queued. The next *tspub --spool* _DIR_ sends it too, before its own message.',
        ),
        PARAGRAPH,
        paragraph(
          'Each message has an ID, counted from 1 over the life of the spool. Messages of one topic are sent in this order. The ID stays the same until the message is delivered, expired or dropped.',
        ),
        PARAGRAPH,
        paragraph(
          '*tsspool* is safe while *tspub* runs. *list*, *shape*, *show*, *export* and *verify* only read. *import* adds messages like any *tspub*. *drop* waits up to 5 seconds for a *tspub* that is sending, then gives up.',
        ),
      ),
      section('SUBCOMMANDS', list(FORMS.map((row) => [optionLabel(row), SPOOL_TOOL_ABOUT[row.name]] as const))),
      section('OPTIONS', list(OPTIONS.map((option) => [optionLabel(option), SPOOL_TOOL_ABOUT[option.name]] as const))),
      section(
        'DISK SPACE',
        paragraph(
          'A message takes the bytes of its topic, its payload and its properties, and about 35 more. Each spool also has a reserve of 64 KiB, so that it can be sent when the disk is full. The space of delivered messages is freed when messages are sent or dropped, a file of about 1 MiB at a time, or sooner.',
        ),
        PARAGRAPH,
        paragraph(
          'The last line of *verify* has the number of messages and their bytes. The options *--spool-max-bytes*, *--spool-max-count* and *--spool-max-age* of *tspub* limit a spool.',
        ),
      ),
      section(
        'FILES',
        paragraph('_DIR_ belongs to the user who created it, has mode 0700, and works for this user only.'),
        list([
          ['_DIR_*/*_NUMBER_*.msg*', 'Messages, each with a checksum.'],
          ['_DIR_*/journal*', 'Which messages are delivered, expired, dropped or in flight.'],
          ['_DIR_*/spool*', 'The version of the format, and the client ID of the spool.'],
          ['_DIR_*/reserve*', '64 KiB for a full disk.'],
          ['_DIR_*/damaged-*_FILE_', 'A copy of bytes that could not be read.'],
        ]),
      ),
      section('EXIT STATUS', list(SPOOL_TOOL_STATUS, '141')),
      section(
        'TROUBLESHOOTING',
        list([
          [
            '*verify* reports damage',
            'The other messages can still be listed, exported and sent. *tspub* copies the damaged bytes to _DIR_*/damaged-*_FILE_, prints a warning, and continues with the next message. To get a clean spool, export the messages, then import them into a new directory.',
          ],
          [
            'Another process is sending from the spool',
            'Only one *tspub* sends at a time. Wait until it has finished, or end that process; the message names its process ID. A lock of a process that was killed does not stay.',
          ],
          [
            'A QoS 2 message cannot be dropped',
            'The broker may already have it. Send it with *tspub --spool* _DIR_ *--flush* first.',
          ],
          [
            'Messages stay in the spool',
            'Run *tspub --spool* _DIR_ *--flush --explain*, which prints each step of the connection and why it fails.',
          ],
        ]),
      ),
      section(
        'EXAMPLES',
        ...SPOOL_TOOL_TASKS.flatMap(([task, lines], i) => [
          ...(i === 0 ? [] : [PARAGRAPH]),
          paragraph(sentence(task, ':')),
          literal(...lines),
        ]),
      ),
      section('SEE ALSO', pages('tspub 1', 'tssub 1')),
    ],
  };
}
