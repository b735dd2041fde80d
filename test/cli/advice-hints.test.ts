/**
 * Each hint is one sentence or two, with a capital (or an option, or a quoted value) at the beginning and a full stop at the
 * end, and all of them are printed in one place. Read in the sources, so that no hint is missed because no test prints it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Node, parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const sourceOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Stands for a value that is put in. */
const VALUE = '\0';

/** The constants of a source that are texts, by name. */
type Constants = Map<string, Node>;

/** The texts that an expression can have; none: it is not a text of its own. */
function textsOf(node: Node | null | undefined, constants: Constants): string[] {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && node.value !== '' ? [node.value] : [];
    case 'TemplateLiteral':
      return [node.quasis.map(({ value }) => value.cooked ?? '').join(VALUE)];
    case 'ConditionalExpression':
      return [...textsOf(node.consequent, constants), ...textsOf(node.alternate, constants)];
    case 'LogicalExpression':
      return [...textsOf(node.left, constants), ...textsOf(node.right, constants)];
    case 'BinaryExpression': {
      const [left = VALUE] = textsOf(node.left, constants);
      const [right = VALUE] = textsOf(node.right, constants);
      return [`${left}${right}`];
    }
    case 'ArrowFunctionExpression':
      return node.body.type === 'BlockStatement' ? [] : textsOf(node.body as Node, constants);
    case 'ParenthesizedExpression':
      return textsOf(node.expression, constants);
    case 'Identifier':
      return textsOf(constants.get(node.name), constants);
    default:
      return [];
  }
}

/** Tables of hints by the code of what failed: all of their texts are hints, but for these keys. */
const TABLES: ReadonlySet<string> = new Set(['cli/advice.ts', 'net/failures.ts', 'net/http-connect.ts']);
const NO_HINTS: ReadonlySet<string> = new Set(['message', 'code', 'kind']);

/** The hints in a source: of `advice:` and `hint:`, of hinting() and hintLine(), and of tables. */
function hintsIn(source: string, path = ''): string[] {
  const found: string[] = [];
  const constants: Constants = new Map();
  const { program, errors } = parseSync('source.ts', source);
  expect(errors).toEqual([]);
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init !== null) constants.set(id.name, init);
    },
  }).visit(program);
  new Visitor({
    Property: ({ key, value }) => {
      const name = key.type === 'Identifier' ? key.name : '';
      if (name === 'advice' || name === 'hint' || (TABLES.has(path) && !NO_HINTS.has(name)))
        found.push(...textsOf(value, constants));
    },
    CallExpression: ({ callee, arguments: words }) => {
      const name = callee.type === 'MemberExpression' ? callee.property : callee;
      if (name.type !== 'Identifier' || (name.name !== 'hinting' && name.name !== 'hintLine')) return;
      for (const word of words) found.push(...textsOf(word as Node, constants));
    },
  }).visit(program);
  return found;
}

const isWellFormed = (hint: string): boolean => /^(?:[A-Z\0'"]|--?[a-zA-Z])/.test(hint) && /[.\0]$/.test(hint);

describe('a hint', () => {
  it('begins like a sentence, and ends like one', () => {
    const hints = files.flatMap((path) =>
      hintsIn(sourceOf(path), path.split(sep).join('/')).map((hint) => `${path}: ${hint}`),
    );
    const wrong = hints.filter((line) => !isWellFormed(line.slice(line.indexOf(': ') + 2)));
    expect(wrong).toEqual([]);
    expect(hints.length).toBeGreaterThan(100);
  });

  it('asks no question', () => {
    expect(files.flatMap((path) => hintsIn(sourceOf(path))).filter((hint) => hint.includes('?'))).toEqual([]);
  });

  it('is printed by hintLine() alone', () => {
    const printers = files.filter((path) => {
      let found = false;
      const see = (text: unknown): void => {
        found ||= typeof text === 'string' && /(^|\n)Hint: /.test(text);
      };
      new Visitor({
        Literal: ({ value }) => see(value),
        TemplateElement: ({ value }) => see(value.cooked),
      }).visit(parseSync('source.ts', sourceOf(path)).program);
      return found;
    });
    expect(printers.map((path) => path.split(sep).join('/'))).toEqual(['util/phrases.ts']);
  });

  it.each([
    ["throw usage('x').hinting('lower case.');", 1],
    ["const x = { advice: isKey ? 'Good.' : 'No stop' };", 1],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source to be looked at
    ['const x = { advice: ({ host }) => `${host} is down.`, hint: `-q takes ${range}` };', 0],
  ])('%s: %i', (source, count) => {
    expect(hintsIn(source).filter((hint) => !isWellFormed(hint))).toHaveLength(count);
  });
});
