/** What a command line of tsspool asks for, complete and checked. */

import type { Shell } from '../values/shells.ts';

/** Messages to which all of it applies. */
export interface Selection {
  readonly ids: readonly number[] | undefined;
  readonly topic: string | undefined;
  /** Milliseconds. */
  readonly olderThan: number | undefined;
}

export type SpoolPlan =
  | { readonly form: 'text'; readonly text: string; readonly status: number }
  | { readonly form: 'version'; readonly version: string; readonly runtime: string }
  | { readonly form: 'completion'; readonly shell: Shell }
  | ({ readonly folder: string; readonly json: boolean } & (
      | { readonly form: 'list'; readonly selection: Selection }
      | { readonly form: 'drop'; readonly selection: Selection }
      | { readonly form: 'export'; readonly selection: Selection }
      | { readonly form: 'shape'; readonly selection: Selection; readonly levels: number }
      | { readonly form: 'show'; readonly id: number }
      | { readonly form: 'import' }
      | { readonly form: 'verify' }
    ));
