/** Where spaces, tabs and newlines go, as in cJSON: none, or the indented form of `--pretty`. */

/** `depth` is the number of tabs before a member: 1 in the outermost object. */
export interface Layout {
  /** Before the first member of an object. */
  open(depth: number): string;
  /** Between two members. */
  next(depth: number): string;
  /** After the last member. */
  close(depth: number): string;
  /** An object without members. */
  empty(depth: number): string;
  readonly colon: string;
  /** Between the elements of an array. */
  readonly comma: string;
}

export const COMPACT: Layout = {
  open: () => '{',
  next: () => ',',
  close: () => '}',
  empty: () => '{}',
  colon: ':',
  comma: ',',
};

/** Deeper levels are not indented further, because a message of 12 MB could otherwise produce 2 GB. */
const MOST_TABS = 100;
const TABS = '\t'.repeat(MOST_TABS);

const tabs = (count: number): string => TABS.slice(0, count);

export const PRETTY: Layout = {
  open: (depth) => `{\n${tabs(depth)}`,
  next: (depth) => `,\n${tabs(depth)}`,
  close: (depth) => `\n${tabs(depth - 1)}}`,
  empty: (depth) => `{\n${tabs(depth - 1)}}`,
  colon: ':\t',
  comma: ', ',
};
