/** Finds the source text of a JSON member, because its parsed value loses digits, the order of members and repeated keys. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The source text of the last member of that name in an object, which must be valid JSON; JSON.parse uses the last too. */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  const memberEnds = (end: number): void => {
    if (key === name) found = json.slice(start, end).trim();
    key = undefined;
  };
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const end = stringEnd(json, at);
      if (depth === 1 && key === undefined) {
        key = JSON.parse(json.slice(at, end)) as string;
        start = json.indexOf(':', end) + 1;
        at = start - 1;
      } else {
        at = end - 1;
      }
    } else if (character === '{' || character === '[') {
      depth++;
    } else if (character === '}' || character === ']') {
      if (--depth === 0) memberEnds(at);
    } else if (character === ',' && depth === 1) {
      memberEnds(at);
    }
  }
  return found;
}

/** Index after the end of the string that begins here. */
function stringEnd(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE || Number.isNaN(code)) return at + 1;
  }
}
