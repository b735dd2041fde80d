// Writes THIRD-PARTY-NOTICES: the packages whose code is in dist/, as bundled by esbuild, with their licenses.
// `--print` prints the text instead.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLibrary, bundlePrograms, root } from './bundle.mjs';

/** @import { Metafile } from 'esbuild' */

export const NOTICES = 'THIRD-PARTY-NOTICES';
const HEAD = `Third-party notices

The files in dist/, and the single executables, contain code of the packages below, each under its own license.
\`npm run notices\` writes this file from what the build bundles.
`;
const RULE = '-'.repeat(80);

/**
 * The directories in node_modules of the packages with code in these bundles.
 * @param {Metafile[]} metafiles
 */
export function bundledPackages(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
  return [...folders].sort();
}

/**
 * The texts of a package that its license requires to be included.
 * @param {string} folder
 * @param {{ name: string, license: string }} manifest
 */
function licenseTexts(folder, { name, license }) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8'));
  try {
    return [readFileSync(join(root, 'scripts', 'licenses', `${license}.txt`), 'utf8')];
  } catch {
    throw new Error(`${name} comes without the text of its license: add scripts/licenses/${license}.txt`);
  }
}

/**
 * The notice for one package.
 * @param {string} path
 */
function notice(path) {
  const folder = join(root, path);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author } = manifest;
  const by = typeof author === 'string' ? author : author?.name;
  const head = [`${name} ${version} (${license})`, ...(by ? [by] : []), `https://www.npmjs.com/package/${name}`];
  const texts = licenseTexts(folder, manifest).map((text) => text.replace(/\r\n/g, '\n').replace(/^\n+|\s+$/g, ''));
  return [RULE, ...head, RULE, '', texts.join('\n\n'), ''].join('\n');
}

/**
 * The whole text for these bundles.
 * @param {Metafile[]} metafiles
 */
export const noticesOf = (metafiles) => [HEAD, ...bundledPackages(metafiles).map(notice)].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bundles = await Promise.all([bundlePrograms(), bundleLibrary()]);
  const text = noticesOf(bundles.map(({ metafile }) => metafile));
  const path = join(root, NOTICES);
  if (process.argv.includes('--print')) process.stdout.write(text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
