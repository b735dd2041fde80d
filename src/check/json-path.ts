/** A value inside a JSON payload by its path, in the notation of jq: `.state.temp`, `.list[0]`, `."a key"`. */

/** The keys and indexes on the way to it. */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([A-Za-z_][\w-]*)|\.?"((?:[^"\\]|\\.)*)"|\.?\[(\d+)\]|\.?\["((?:[^"\\]|\\.)*)"\]/y;

/** Undefined when the text is not a path. `.` alone is the whole payload. */
export function readJsonPath(text: string): JsonPath | undefined {
  if (text === '.') return [];
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (found === null || (path.length === 0 && !text.startsWith('.') && !text.startsWith('['))) return undefined;
    const [, name, quoted, index, bracketed] = found;
    if (name !== undefined) path.push(name);
    else if (index !== undefined) path.push(Number(index));
    else {
      const key = jsonString(quoted ?? bracketed!);
      if (key === undefined) return undefined;
      path.push(key);
    }
  }
  return path.length === 0 ? undefined : path;
}

function jsonString(inner: string): string | undefined {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return undefined;
  }
}

/** What is there; undefined: nothing is. Throws a SyntaxError for text that is not JSON. */
export function valueAt(json: string, path: JsonPath): unknown {
  let value: unknown = JSON.parse(json);
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
