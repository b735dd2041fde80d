/** Where the payload of a message is read from, and which values of options say so. */
import { bytes, type Kind, mapped, text } from './kinds.ts';

export type PayloadSource =
  | { readonly kind: 'bytes'; readonly payload: Uint8Array }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'lines' };

export const NO_PAYLOAD: PayloadSource = { kind: 'bytes', payload: new Uint8Array(0) };

/** The word is the payload. */
export const messageText = (): Kind<PayloadSource> => mapped(bytes(), (payload) => ({ kind: 'bytes', payload }));

/** The word is the name of a file whose content is the payload. */
export const messageFile = (): Kind<PayloadSource> => mapped(text(), (path) => ({ kind: 'file', path }));
