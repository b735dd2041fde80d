/** The shapes of the texts of tspasswd and tsspool: what rows of a list, and a task with its commands, look like. */

/** `*x*` is to be typed as it is, `_X_` stands for a value. */
export type Rows = readonly (readonly [item: string, text: string])[];

/** A task in the words of the user, without a full stop, and the lines that do it. */
export type Task = readonly [task: string, lines: readonly string[]];
