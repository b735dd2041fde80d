// Reading TypeScript source as far as tests need it: without its comments, and string by string.

/** The source with its comments blanked out and, if asked for, the contents of strings and regular expressions too. */
export const strip = (source: string, strings: boolean): string => scan(source, strings, () => {});

export interface Literal {
  /** What stands between the quotes, as it stands there. */
  readonly text: string;
  /** The code before it and after it; before it without comments and the texts of strings. */
  readonly before: string;
  readonly after: string;
}

/** The strings in single or double quotes, but not in comments, regular expressions and the texts of templates. */
export function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  scan(source, true, (literal) => found.push(literal));
  return found;
}

function scan(source: string, strings: boolean, see: (literal: Literal) => void): string {
  let out = '';
  let i = 0;
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');
  const literal = (text: string): string => (strings ? text[0] + blank(text.slice(1, -1)) + text.slice(-1) : text);
  const quoted = (text: string): string => {
    see({ text: text.slice(1, -1), before: out, after: source.slice(i + text.length) });
    return literal(text);
  };

  const copyUntil = (close: string): void => {
    for (let depth = 0; i < source.length; ) {
      const character = source[i]!;
      const rest = source.slice(i, i + 2);
      if (character === close && depth === 0) return;
      if (rest === '//') take(/[^\n]*/y, blank);
      else if (rest === '/*') take(/\/\*[\s\S]*?\*\//y, blank);
      else if (character === "'") take(/'(?:[^'\\\n]|\\[\s\S])*'/y, quoted);
      else if (character === '"') take(/"(?:[^"\\\n]|\\[\s\S])*"/y, quoted);
      else if (character === '`') template();
      else if (character === '/' && startsRegExp())
        take(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y, literal);
      else {
        if (character === '{') depth++;
        if (character === '}') depth--;
        out += character;
        i++;
      }
    }
  };
  const take = (pattern: RegExp, show: (text: string) => string): void => {
    pattern.lastIndex = i;
    const text = pattern.exec(source)?.[0] ?? source[i]!;
    out += show(text);
    i += text.length;
  };
  const template = (): void => {
    out += source[i++];
    while (i < source.length) {
      if (source[i] === '`') break;
      if (source.startsWith('${', i)) {
        out += '${';
        i += 2;
        copyUntil('}');
        out += '}';
        i++;
      } else {
        take(/\\[\s\S]|[^\\]/y, strings ? blank : (text) => text);
      }
    }
    out += source[i++] ?? '';
  };
  /** A slash divides after a value, and opens a regular expression after anything else. */
  const startsRegExp = (): boolean => {
    const before = out.trimEnd();
    return before === '' || /[(,=:[!&|?{};+\-*%~^<>]$|\b(return|typeof|case|in|of|do|else)$/.test(before);
  };

  copyUntil('');
  return out;
}
