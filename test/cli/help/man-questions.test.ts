/**
 * The commonest questions to each manual page of a client have their answers in that page: a reader searches for one word or
 * phrase, as `/` does in a pager, and one of the hits is followed by the answer.
 * Covers src/cli/help/man/examples.ts, src/cli/help/man/texts.ts.
 */
import { describe, expect, it } from 'vitest';
import { manualPages } from '../../../src/cli/help/man.ts';

type Question = readonly [question: string, search: string, answer: string];

/** Of every page. */
const CONNECTING: readonly Question[] = [
  ['How do I log in?', 'Log in', '-u me --password-file password'],
  ['How do I present a client certificate?', 'client certificate', '--cert me.crt --key me.key'],
  ['How do I use a proxy?', 'through a proxy', '--proxy socks5h://proxy:1080'],
  ['Why does it not connect?', 'not connect', '--explain'],
  ['How do I set options in a file?', 'options in a file', '-o options'],
  ['How do I set options in the environment?', 'in the environment', 'TSMOSQ_QOS=1'],
  ['What does exit status 135 mean?', '135', 'Not authorized'],
];

const QUESTIONS: Readonly<Record<string, readonly Question[]>> = {
  'tspub.1': [
    [
      'What does exit status 0 mean?',
      'Exit status 0',
      'a broker also acknowledges a message that its access rules forbid',
    ],
    ['How do I publish every line of a file and know that all arrived?', 'every line of a file', '--unsent app.unsent'],
    ['How do I keep messages while the network is down?', 'network is down', '--spool'],
    ['How do I delete a retained message?', 'retained', 'tspub -t home/lamp -n -r'],
    ['How do I find out in a script that it failed?', 'in a script', 'exit status $?'],
    ['How do I publish lines to different topics?', 'different topics', '--topic-from-line'],
    ['How do I publish a file?', 'Publish a file', '-f report.txt'],
    ['How do I send a will message?', 'will message', '--will-topic'],
    ['How do I play recorded messages again?', 'Record messages', '--replay-speed 10'],
    ['Does it work from cron?', 'from cron', '--flush'],
    ['What does exit status 27 mean?', '27', 'acknowledges nothing'],
    ['What does exit status 28 mean?', '28', 'see tssub(1)'],
  ],
  'tssub.1': [
    ['How do I print time and topic?', 'timestamp', "-F '%I %t %p'"],
    ['How do I read only the queued messages from cron?', 'queued messages', '--drain'],
    ['How do I run a command for each message, with retries?', 'with retries', '--exec-retries 2'],
    ['Is there a retained value, and which?', 'retained value', 'there is none'],
    ['What does exit status 27 mean?', '27', 'whether messages arrived or not'],
    ['What does exit status 28 mean?', '28', 'No message was queued'],
    ['How do I wait until the subscription is ready?', 'is ready', 'mkfifo ready'],
    ['How do I miss nothing between two runs?', 'between runs', '-c -i'],
    ['How do I delete the session?', 'Delete a persistent session', 'tssub -i reports -t reports -E'],
    ['How do I share work between machines?', 'between machines', '$share/group'],
    ['How do I print JSON?', 'JSON', '-F %J'],
  ],
  'tsrr.1': [
    ['How do I ask, and wait for a limited time?', 'at most', '-W 5'],
    ['How does a script respond?', 'Respond to a request', 'correlation-data "$data"'],
    ['How do I get my own response only?', 'its own response topic', 'time/now/$$'],
    ['How do I use correlation data?', 'correlation data', 'correlation-data "$$"'],
    ['Which message is the response?', 'retained message', 'is not the response'],
    ['How do I send a file?', 'from a file', '-f query.json'],
    ['How long does the response take?', 'how long', '--latency'],
    ['What does exit status 27 mean?', '27', 'The time counts from the start'],
    ['Does it work with MQTT 3.1.1?', 'MQTT 3.1.1', '-V 311'],
  ],
};

/** As a reader sees it: without the marks of roff, and where a line of text was broken. */
const textOf = (page: string): string =>
  page
    .replace(/\\f[BIR]|\\&/g, '')
    .replaceAll('\\-', '-')
    .replaceAll('\\e', '\\')
    .replace(/^\.(It|Ss|Sh|Nm) /gm, '')
    .replace(/\s+/g, ' ');

/** A screen of a terminal, about. */
const SCREEN = 1200;

const pages = new Map(manualPages());

describe.each(Object.entries(QUESTIONS))('%s answers', (name, questions) => {
  const text = textOf(pages.get(name)!);

  it.each([...questions, ...CONNECTING])('%s', (_, search, answer) => {
    const hits = [...text.matchAll(new RegExp(search, 'gi'))].map(({ index }) => index);
    const answers = hits.map((at) => text.slice(at, at + SCREEN)).filter((screen) => screen.includes(answer));
    expect([search, answers.length > 0]).toEqual([search, true]);
  });
});
