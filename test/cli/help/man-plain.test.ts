/** Sections of the manual pages as text. Covers src/cli/help/man/document.ts, src/cli/help/man/plain.ts. */
import { describe, expect, it } from 'vitest';
import {
  form,
  list,
  literal,
  opening,
  PARAGRAPH,
  pages,
  paragraph,
  section,
  subsection,
} from '../../../src/cli/help/man/document.ts';
import { bodyText, pageText, sectionsText, unmarked } from '../../../src/cli/help/man/plain.ts';

describe('a section as text', () => {
  it('has its blocks, with an empty line between two of them', () => {
    const text = sectionsText(
      [
        section('SYNOPSIS', form('-t TOPIC'), form('-L URL')),
        section('DESCRIPTION', opening('sends *-t* _TOPIC_.'), PARAGRAPH, paragraph('And more.')),
        section(
          'OPTIONS',
          subsection(
            'TLS',
            list(
              [
                ['*-a*', 'One.'],
                ['*--bc*', ''],
              ],
              'Ds',
              true,
            ),
          ),
        ),
        section('EXAMPLES', literal('a  b', '', "'*c*'")),
        section('SEE ALSO', pages('tspub 1', 'mosquitto.conf 5')),
      ],
      'prog',
    );
    expect(text).toBe(`SYNOPSIS
  prog -t TOPIC
  prog -L URL

DESCRIPTION
  prog sends -t TOPIC.

  And more.

OPTIONS
  TLS
    -a    One.
    --bc

EXAMPLES
    a  b

    '*c*'

SEE ALSO
  tspub(1), mosquitto.conf(5)
`);
  });

  it('gives long items lines of their own, with empty lines between them unless the list is compact', () => {
    const item = '-a, '.repeat(9).trim();
    const rows = [
      [item, 'word '.repeat(20).trim()],
      [item, ''],
    ] as const;
    const lines = [`  ${item}`, `        ${'word '.repeat(14).trim()}`, `        ${'word '.repeat(6).trim()}`];
    expect(sectionsText([section('A', list(rows))], '')).toBe(['A', ...lines, '', `  ${item}`, ''].join('\n'));
    expect(sectionsText([section('A', list(rows, 'Ds', true))], '')).toBe(['A', ...lines, `  ${item}`, ''].join('\n'));
  });

  it('wraps texts in two columns where mdoc has two', () => {
    const text = sectionsText([section('A', list([['*x*', 'word '.repeat(20).trim()]], '128'))], '');
    expect(text).toBe(`A\n  x  ${'word '.repeat(15).trim()}\n     ${'word '.repeat(5).trim()}\n`);
  });
});

it('a page begins with its name', () => {
  expect(pageText({ name: 'prog', summary: 'do it', sections: [section('A', paragraph('b'))] })).toBe(
    'NAME\n  prog - do it\n\nA\n  b\n',
  );
});

it('the marks of a text are left out', () => {
  expect(unmarked('_DIR_*/*_NUMBER_*.msg* and TSMOSQ_SPOOL_DIR')).toBe('DIR/NUMBER.msg and TSMOSQ_SPOOL_DIR');
  expect(bodyText('*-a* _B_')).toBe('  -a B');
});
