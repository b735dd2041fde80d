/** What CONTRIBUTING.md says of the repository is true: its paths, its commands, its walks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(import.meta.dirname);
const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What stands between backticks. */
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inner]) => inner!);

describe('CONTRIBUTING.md', () => {
  const paths = quoted.filter(
    (inner) => /^(src|test|scripts|bench|bin|man|\.ci)\/[\w./-]*$/.test(inner) && !/\/[Xy]\b/.test(inner),
  );
  it.each([...new Set(paths)])('%s exists', (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(folders.map(({ name }) => name))('has a row for src/%s/', (name) => {
    expect(text).toMatch(new RegExp(`^\\| (\`[\\w./]+\`, )*\`src/${name}/\``, 'm'));
  });

  const lifecycle = /^(pre|post)/;
  it.each(Object.keys(scripts).filter((name) => !lifecycle.test(name)))('explains npm run %s', (name) => {
    expect(quoted.some((inner) => inner.split(' -- ')[0] === `npm run ${name}` || inner === `npm ${name}`)).toBe(true);
  });

  it.each(quoted.filter((inner) => inner.startsWith('npm run ')))('%s is a script', (command) => {
    expect(scripts).toHaveProperty([command.split(' ')[2]!]);
  });

  const walks = [...text.matchAll(/^### (.+)\n\n((?:\d+\. .*\n(?: {3}.*\n)*)+)/gm)];
  it('has three walks', () => {
    expect(walks.length).toBe(3);
  });
  it.each(walks.map(([, title, steps]) => [title!, steps!]))('%s: a walk of at most a dozen files', (_, steps) => {
    const files = new Set([...steps.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path]) => path!));
    expect(files.size).toBeGreaterThan(3);
    expect(files.size).toBeLessThanOrEqual(12);
    const all = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`);
    for (const file of files) expect(all.filter((path) => path.endsWith(`/${file}`) || path === file)).not.toEqual([]);
  });
});
