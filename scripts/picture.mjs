// Draws scripts/picture.svg: a session with the programs, run now against an embedded broker, as a terminal shows it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The typed commands in order; `sh` runs each in the same directory. */
const SESSION = [
  'tspub -t home/door -m open -r -q 1 -d',
  "tssub -t 'home/#' -v -C 1",
  'seq 1 70000 | tspub -t log -l -q 1 --summary; echo "exit status $?"',
  'tspub -p 1 -t a -m x; echo "exit status $?"',
  'tspub -p 1 --spool spool -t home/meter -m 4711 -q 2; echo "exit status $?"',
  'tspub --spool spool --flush; echo "exit status $?"',
];

const BROKER = `
const { parentPort } = require('node:worker_threads');
const { createServer } = require('node:net');
require('aedes').Aedes.createBroker().then((broker) => {
  const server = createServer(broker.handle).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
});
`;

const FONT = { size: 14, width: 8.43, height: 20 };
const MARGIN = 18;
const COLORS = { paper: '#16181d', text: '#d8dee9', prompt: '#8fbcbb', typed: '#eceff4', bar: '#2e3440' };

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {{ typed: boolean, text: string }[]} lines */
function draw(lines) {
  const columns = Math.max(...lines.map(({ text }) => text.length)) + 2;
  const width = Math.ceil(columns * FONT.width + 2 * MARGIN);
  const height = lines.length * FONT.height + 2 * MARGIN + 16;
  const rows = lines.map(({ typed, text }, i) => {
    const y = MARGIN + 32 + i * FONT.height;
    const content = typed
      ? `<tspan fill="${COLORS.prompt}">$ </tspan><tspan fill="${COLORS.typed}">${escaped(text)}</tspan>`
      : escaped(text);
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${content}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="${FONT.size}" fill="${COLORS.text}">`,
    '<title>tspub and tssub in a terminal</title>',
    `<rect width="100%" height="100%" rx="8" fill="${COLORS.paper}"/>`,
    `<path d="M0 8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v16H0z" fill="${COLORS.bar}"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

await build();
const worker = new Worker(BROKER, { eval: true });
const port = await new Promise((resolve) => worker.once('message', resolve));
const folder = mkdtempSync(join(tmpdir(), 'tsmosq-picture-'));
try {
  for (const name of ['tspub', 'tssub'])
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin', `${name}.js`)}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
  const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: '/nonexistent', TSMOSQ_PORT: `${port}` };
  const lines = SESSION.flatMap((typed) => {
    const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${typed}`], { cwd: folder, env, encoding: 'utf8' });
    return [
      { typed: true, text: typed },
      ...stdout
        .trimEnd()
        .split('\n')
        .map((text) => ({ typed: false, text })),
    ];
  });
  writeFileSync(join(root, 'scripts', 'picture.svg'), draw(lines));
  console.log(lines.map(({ typed, text }) => (typed ? `$ ${text}` : text)).join('\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
  await worker.terminate();
}
