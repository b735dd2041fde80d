/** The options of options/will.ts in full sentences. */
export const WILL = {
  '--will-topic':
    'Topic of the Will; without it there is none. The broker publishes the Will when the connection ends out of order.',
} as const;
