// Sets the address of the project everywhere in package.json. The address is not known yet.
//   npm run project-url -- https://example.org/me/tsmosq    sets it
//   npm run project-url                                     fails while it is not set, which prevents `npm publish`
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The domain `.invalid` is reserved for names that do not exist (RFC 2606). */
const UNKNOWN = 'https://tsmosq.invalid/';

const path = fileURLToPath(new URL('../package.json', import.meta.url));
const manifest = JSON.parse(readFileSync(path, 'utf8'));
const given = process.argv[2]?.replace(/\/+$/, '');

if (given === undefined) {
  if (manifest.homepage.startsWith(UNKNOWN)) {
    console.error('Error: package.json has no address of the project. Set it: npm run project-url -- https://…');
    process.exit(1);
  }
} else {
  const { protocol } = new URL(given);
  if (protocol !== 'https:') throw new Error(`${given}: the address of the project begins with https://`);
  manifest.homepage = `${given}#readme`;
  manifest.repository.url = `git+${given}.git`;
  manifest.bugs.url = `${given}/issues`;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
