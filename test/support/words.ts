/**
 * Whether texts for people are plain English, as far as a list of words can tell, and whether their sentences are short. A hit is
 * a sentence to write again.
 */
import type { Block, Page } from '../../src/cli/help/man/document.ts';

/** Words that we do not use, each with what to write instead. */
const UNWANTED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(told|tells?|telling)\b/i, 'print, report, show; or know, find out, distinguish'],
  [/\b(is|are|was|were) said\b/i, 'is printed, is reported'],
  [/\bso (many|often|long)\b/i, 'the quantity: up to COUNT, for SECONDS'],
  [/\bis no\b(?! longer\b)/i, 'is not a; there are no'],
  [/\bfor ever\b/i, 'forever, indefinitely'],
  [/\banew\b/i, 'again, or a verb with re-'],
  [/(^|[.:;] )Who \w+s\b|, who\b/, 'a noun as the subject'],
  [/\b(end(s|ed)?|clos(e|es|ed)) in order\b|\bout of order\b/i, 'closes cleanly, is lost unexpectedly'],
  [/\bblanks?\b(?! lines?\b)/i, 'space'],
  [/\btabulators?\b/i, 'tab'],
  [/\bbeside\b/i, 'next to, compared with'],
  [/\bnobody\b/i, 'no one, or a noun as the subject'],
];

/** The most words of a sentence. */
const LONGEST = 30;

/** What is to be written again, with some words around it. */
export function unwantedIn(text: string): string[] {
  const line = text.replace(/\s+/g, ' ');
  return UNWANTED.flatMap(([pattern, instead]) =>
    [...line.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(
      ({ index, 0: found }) =>
        `“${line.slice(Math.max(0, index - 30), index + found.length + 30).trim()}”: ${found.trim()} → ${instead}`,
    ),
  );
}

/** The sentences that are too long. */
export const longSentencesIn = (paragraphs: readonly string[]): string[] =>
  paragraphs
    .flatMap((text) => text.replace(/\s+/g, ' ').split(/(?<=[.!?]["'”’)*_`]*) (?=["'“(*`_[-]*[\p{Lu}\d`*-])/u))
    .filter((sentence) => wordsOf(sentence) > LONGEST)
    .map((sentence) => `${wordsOf(sentence)} words: ${sentence.trim()}`);

/** A command or a name in backticks or asterisks is one word. Dashes alone are none. */
const wordsOf = (sentence: string): number =>
  sentence
    .replace(/`[^`]*`|\*[^*]+\*/g, 'x')
    .split(/\s+/)
    .filter((word) => /[\p{L}\d]/u.test(word)).length;

/** The paragraphs, items, headings and cells of a page of Markdown, without its blocks of code. */
export function proseOf(markdown: string): string[] {
  const text = markdown
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/(?<=\n\n)(?: {4}.*\n|\n)+/g, '\n')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
  return text.split(/\n{2,}|\n(?=\s*(?:[-*] |\d+\. |#|\|))/).flatMap((part) => {
    if (/^\s*\|/.test(part)) return part.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return [part.replace(/^\s*(?:[-*] |\d+\. |#+ )/, '').trim()];
  });
}

/** The texts of a manual page, without its commands. */
export const textsOf = ({ summary, sections }: Page): string[] => [
  summary,
  ...sections.flatMap(({ title, blocks }) => [title, ...textsIn(blocks)]),
];

const textsIn = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => {
    switch (block.as) {
      case 'paragraph':
      case 'opening':
        return [block.text];
      case 'list':
        return block.rows.flat();
      case 'subsection':
        return [block.title, ...textsIn(block.blocks)];
      default:
        return [];
    }
  });
