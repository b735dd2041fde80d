/** The options of options/publishing.ts in full sentences. */
export const PUBLISHING = {
  '-l': 'Send each line of standard input as a message. A line ends in LF, which is not sent; a last line without one is a line as well. No more is read than the broker takes.',
} as const;
