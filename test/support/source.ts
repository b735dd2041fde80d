/** What tests find out about source code, with a parser. */
import { type Node, parseSync } from 'oxc-parser';

interface Import {
  /** As written: `./queue.ts`, `node:net`. */
  readonly from: string;
  readonly typesOnly: boolean;
}

/** A word of a list in the code, such as `['-q', '1']`. */
interface ListWord {
  readonly text: string;
  /** Whether another element follows. */
  readonly more: boolean;
}

/** A text in the code: a string, or a template in which `…` stands for each value. Not types, modules and names of properties. */
interface Text {
  readonly text: string;
  readonly line: number;
}

interface ClassShape {
  readonly name: string;
  /** Fields of each instance: its properties, and those that constructor parameters declare. */
  readonly fields: number;
}

/** A name in the code, with the accessed property (`Date.now`), `new Date()`, `async` or `await`. */
interface NameUse {
  readonly name: string;
  readonly line: number;
}

interface Source {
  readonly imports: readonly Import[];
  readonly names: readonly NameUse[];
  readonly words: readonly ListWord[];
  readonly texts: readonly Text[];
  readonly classes: readonly ClassShape[];
  /** The types, interfaces and classes that it declares. */
  readonly types: readonly string[];
  /** Whether it only re-exports what other files export. */
  readonly passesOn: boolean;
  /** Whether nothing of it remains at run time. */
  readonly typesOnly: boolean;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Throws when the source cannot be parsed. */
export function read(source: string): Source {
  const { program, module, errors } = parseSync('source.ts', source);
  if (errors.length > 0) throw new Error(errors[0]!.message);
  const imports: Import[] = [];
  const names: NameUse[] = [];
  const words: ListWord[] = [];
  const texts: Text[] = [];
  const classes: ClassShape[] = [];

  for (const { moduleRequest, entries } of module.staticImports)
    imports.push({ from: moduleRequest.value, typesOnly: entries.length > 0 && entries.every(({ isType }) => isType) });
  for (const { entries } of module.staticExports) {
    const from = entries[0]?.moduleRequest?.value;
    if (from !== undefined) imports.push({ from, typesOnly: entries.every(({ isType }) => isType) });
  }

  const lineOf = ({ start }: Node): number => source.slice(0, start).split('\n').length;
  const use = (name: string, node: Node): void => {
    names.push({ name, line: lineOf(node) });
  };
  const other = (from: Node, typesOnly: boolean): void => {
    if (from.type === 'Literal' && typeof from.value === 'string') imports.push({ from: from.value, typesOnly });
  };
  each(program, (node, parent, key) => {
    switch (node.type) {
      case 'ImportExpression':
        other(node.source, false);
        break;
      case 'TSImportType':
        other(node.source, true);
        break;
      case 'Identifier':
        if (!isLabel(parent, key)) use(node.name, node);
        break;
      case 'Literal':
        if (typeof node.value === 'string' && !isLabel(parent, key) && !NO_TEXT.test(parent.type))
          texts.push({ text: node.value, line: lineOf(node) });
        break;
      case 'TemplateLiteral':
        texts.push({ text: node.quasis.map(({ value }) => value.cooked ?? value.raw).join('…'), line: lineOf(node) });
        break;
      case 'MemberExpression':
        if (!node.computed && node.object.type === 'Identifier' && node.property.type === 'Identifier')
          use(`${node.object.name}.${node.property.name}`, node);
        break;
      case 'NewExpression':
        if (node.callee.type === 'Identifier' && node.arguments.length === 0) use(`new ${node.callee.name}()`, node);
        break;
      case 'AwaitExpression':
        use('await', node);
        break;
      case 'ArrayExpression':
        node.elements.forEach((element, at, all) => {
          if (element?.type === 'Literal' && typeof element.value === 'string')
            words.push({ text: element.value, more: at + 1 < all.length });
        });
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        classes.push({
          name: node.id?.name ?? '',
          fields: node.body.body.reduce((sum, member) => sum + fieldsOf(member), 0),
        });
        break;
    }
    if ('async' in node && node.async) use('async', node);
  });

  const statements = program.body as readonly Node[];
  const doing = statements.filter(({ type }) => !type.startsWith('Import') && !NO_CODE.test(type));
  return {
    imports,
    names,
    words,
    texts,
    classes,
    types: statements
      .map((node) => ('declaration' in node && node.declaration ? (node.declaration as Node) : node))
      .flatMap((node) =>
        /^(TSInterface|TSTypeAlias|Class)Declaration$/.test(node.type) && 'id' in node && node.id && 'name' in node.id
          ? [String(node.id.name)]
          : [],
      ),
    passesOn:
      doing.length > 0 &&
      doing.every((node) => /^Export(All|Named)/.test(node.type) && 'source' in node && node.source),
    typesOnly: doing.every((node) => 'exportKind' in node && node.exportKind === 'type'),
  };
}

/** Statements that declare types. */
const NO_CODE = /^TS(Interface|TypeAlias|Module|Global)/;

/** Where a string is a type, or the name of a module. */
const NO_TEXT = /^(TSLiteralType|Import\w*|Export(All|Named)Declaration|TSImportType)$/;

/** Whether an identifier there only labels something: a property, a method, a member of a type. */
function isLabel(parent: Node, key: string): boolean {
  if ('computed' in parent && parent.computed) return false;
  switch (parent.type) {
    case 'Property':
      return key === 'key' && !parent.shorthand;
    case 'MemberExpression':
      return key === 'property';
    case 'TSQualifiedName':
      return key === 'right';
    default:
      return key === 'key';
  }
}

/** How many fields a member of a class gives to each instance. */
function fieldsOf(member: Node): number {
  if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') return member.static ? 0 : 1;
  if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') return 0;
  return member.value.params.filter(({ type }) => type === 'TSParameterProperty').length;
}

/** Calls `visit` with each node, its parent and the name it has there. */
function each(root: Node, visit: (node: Node, parent: Node, key: string) => void): void {
  const go = (value: unknown, parent: Node, key: string): void => {
    if (Array.isArray(value)) for (const item of value) go(item, parent, key);
    else if (isNode(value)) {
      visit(value, parent, key);
      for (const [name, inner] of Object.entries(value)) if (typeof inner === 'object') go(inner, value, name);
    }
  };
  go(root, root, '');
}
