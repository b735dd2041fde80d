/** The options of options/misc.ts in full sentences. */
export const MISC = {
  '-o': 'Read options from FILE instead of the usual one. See FILES.',
  '--help':
    'Print help; before GROUP or all, that part or all of it. *--help* _GROUP_ shows the options of a group, *--help all* all of them.',
} as const;
