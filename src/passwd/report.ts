/** What brokers will make of a password file, line by line: problems, and users with how their passwords are stored. */
import { escaped, printable } from '../util/printable.ts';
import { BROKERS, type BrokerVerdict, type BrokerVersion, judge } from './broker-verdict.ts';
import { entryAt, linesOf, textAt } from './lines.ts';

interface LineProblem {
  /** Counted from 1. */
  readonly line: number;
  /** The printable name; undefined when the line has none. */
  readonly user: string | undefined;
  readonly text: string;
  readonly brokers: readonly BrokerVersion[];
}

export interface ListedUser {
  readonly line: number;
  readonly user: string;
  readonly kind: BrokerVerdict['kind'];
  readonly iterations: number | undefined;
  readonly saltLength: number | undefined;
  readonly acceptedBy: readonly BrokerVersion[];
}

const LONGEST_FIELD = 65_535;
/** Brokers read in pieces of these sizes, and ignore a last line that ends with a piece and has no newline. */
const isForgotten = (length: number): boolean => length >= 255 && (length - 255) % 1000 === 0;

export interface Report {
  readonly entries: number;
  readonly problems: readonly LineProblem[];
}

export function checkContent(file: Buffer, brokers: readonly BrokerVersion[] = BROKERS): Report {
  const problems: LineProblem[] = [];
  const firstLines = new Map<string, number>();
  let entries = 0;
  for (const line of linesOf(file)) {
    const found = entryAt(file, line);
    const add = (text: string, refusedBy: readonly BrokerVersion[] = BROKERS, name?: string): void => {
      const asked = refusedBy.filter((broker) => brokers.includes(broker));
      if (asked.length > 0) problems.push({ line: line.number, user: name, text, brokers: asked });
    };
    if (found === undefined) {
      // The line has colons and perhaps a name, but no second field.
      const text = textAt(file, line);
      if (text.includes(':') && !text.startsWith('#') && text.trim() !== '') add('a line without a user name');
      continue;
    }
    entries++;
    const user = textAt(file, found.user);
    const name = printable(file.toString('utf8', found.user.start, found.user.end));
    const fault = (text: string, refusedBy?: readonly BrokerVersion[]): void => add(text, refusedBy, name);
    if (file.subarray(line.start, line.end).includes(0)) fault('a NUL byte: brokers drop the line');
    else if (user === '') fault('an empty user name');
    else if (user.length > LONGEST_FIELD) fault('a user name of more than 65535 bytes');
    else if (found.hash.end - found.hash.start > LONGEST_FIELD) fault('a hash of more than 65535 bytes');
    else {
      const { reason, refusedBy } = judge(textAt(file, found.hash));
      if (reason !== undefined) fault(reason, refusedBy);
    }
    if (line.number === 1 && user.startsWith('\u00ef\u00bb\u00bf'))
      fault('a byte order mark, which becomes part of the name');
    if (line.next === line.end && isForgotten(line.end - line.start))
      fault(`a last line of ${line.end - line.start} bytes without a newline: brokers skip it`);
    const first = firstLines.get(user);
    if (first === undefined) firstLines.set(user, line.number);
    else fault(`the same user as in line ${first}`, ['2.1']);
  }
  return { entries, problems };
}

export function* listUsers(file: Buffer): Generator<ListedUser> {
  for (const line of linesOf(file)) {
    const entry = entryAt(file, line);
    if (entry === undefined || entry.user.start === entry.user.end) continue;
    const { stored, kind, refusedBy } = judge(textAt(file, entry.hash));
    yield {
      line: line.number,
      user: escaped(file.toString('utf8', entry.user.start, entry.user.end)),
      kind,
      iterations: stored?.iterations,
      saltLength: stored?.salt.length,
      acceptedBy: BROKERS.filter((broker) => !refusedBy.includes(broker)),
    };
  }
}
