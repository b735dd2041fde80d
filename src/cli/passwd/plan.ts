/** What a command line of tspasswd asks for, complete and checked. */
import type { BrokerVersion } from '../../passwd/broker-verdict.ts';
import type { Recipe } from '../../passwd/schemes.ts';
import type { Shell } from '../values/shells.ts';

export type PasswordSource =
  | { readonly from: 'prompt' }
  | { readonly from: 'words'; readonly password: Buffer }
  /** `-` is standard input. */
  | { readonly from: 'file'; readonly path: string };

export type PasswdPlan =
  | {
      readonly form: 'create' | 'put';
      readonly file: string;
      readonly user: Buffer;
      readonly password: PasswordSource;
      readonly recipe: Recipe;
      readonly force: boolean;
    }
  | { readonly form: 'delete'; readonly file: string; readonly user: Buffer }
  | { readonly form: 'hash'; readonly file: string; readonly recipe: Recipe }
  | {
      readonly form: 'check';
      readonly file: string;
      readonly json: boolean;
      readonly brokers: readonly BrokerVersion[];
    }
  | { readonly form: 'list'; readonly file: string; readonly json: boolean }
  | {
      readonly form: 'verify';
      readonly file: string;
      readonly user: Buffer;
      readonly password: PasswordSource;
      readonly upgrade: boolean;
      readonly recipe: Recipe;
    }
  | { readonly form: 'version'; readonly version: string; readonly runtime: string }
  | { readonly form: 'completion'; readonly shell: Shell }
  /** `hint` is for standard error. */
  | { readonly form: 'text'; readonly text: string; readonly status: number; readonly hint?: string };
