/** The checks by their names, in the order of the help text. */
export const CHECK_NAMES = ['up', 'roundtrip', 'fresh', 'value', 'cert', 'limits', 'sys'] as const;

export type CheckName = (typeof CHECK_NAMES)[number];
