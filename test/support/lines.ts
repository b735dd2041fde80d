// Numbered texts, and texts as the lines of an input or output.

/** The numbers from `from` to `to`, each as a text. */
export const numbers = (from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => `${from + i}`);

/** Each text as a line. */
export const asLines = (texts: readonly string[], end = '\n'): string => texts.map((text) => `${text}${end}`).join('');

/** A pattern that matches only this text. */
export const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
