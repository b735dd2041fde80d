// Draws docs/picture.svg: four scenes in a terminal. Every line is the output of the command above it, run now on a Mosquitto broker.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is typed, in order: `sh` runs each command in one directory. All scenes together have at most 14 lines. */
const SCENES = [
  {
    caption: 'Publish and subscribe',
    commands: ['tspub -t home/door -m open -r -q 1', "tssub -t 'home/#' -v -C 1"],
  },
  {
    caption: 'Publish every line of a file, and know that all arrived',
    commands: ['tspub -t log -l -q 1 --summary < 70000-lines.txt'],
  },
  {
    caption: 'The broker rejects a message: the exit status is the reason',
    commands: ['tspub -V 5 -t secret/plan -m x -q 1; echo "exit status $?"'],
  },
  {
    caption: 'The network is down: queue on disk, send later',
    commands: [
      'tspub -h offline --spool spool -t home/meter -m 4711 -q 1 --quiet',
      'tsspool spool list',
      'tspub --spool spool --flush; echo "exit status $?"',
    ],
  },
];
const MOST_LINES = 14;

/** The only topics that the broker lets a client use. */
const ACCESS = 'topic readwrite home/#\ntopic readwrite log\n';

const FONT = { size: 16, width: 9.64, height: 22 };
const WIDTH = 740;
const MARGIN = 20;
const CAPTION = { size: 15, height: 31 };
const COLORS = {
  paper: '#16181d',
  edge: '#57606a',
  text: '#d8dee9',
  prompt: '#7d8590',
  typed: '#ffffff',
  caption: '#f2cc60',
};
/** The colors of a terminal, by the number of their escape sequence. */
const ANSI = /** @type {Record<string, string>} */ ({
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  36: '#56d4dd',
});

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`);

/**
 * A line that a program has printed, with its colors.
 * @param {string} line
 */
function spans(line) {
  const [first = '', ...rest] = line.split(SEQUENCE);
  const spans = [escaped(first)];
  let color = '';
  let weight = '';
  for (let i = 0; i < rest.length; i += 2) {
    const code = rest[i] ?? '';
    if (code === '1') weight = ' font-weight="bold"';
    else if (code === '22') weight = '';
    else if (code === '39') color = '';
    else color = ` fill="${ANSI[code]}"`;
    const text = escaped(rest[i + 1] ?? '');
    if (text !== '') spans.push(color + weight === '' ? text : `<tspan${color}${weight}>${text}</tspan>`);
  }
  return spans.join('');
}

/** @param {{ caption: string, lines: { typed: boolean, text: string }[] }[]} scenes */
function draw(scenes) {
  const rows = [];
  let y = MARGIN / 2;
  for (const { caption, lines } of scenes) {
    y += CAPTION.height;
    rows.push(
      `<text x="${MARGIN}" y="${y}" font-family="system-ui,sans-serif" font-size="${CAPTION.size}" font-weight="bold" fill="${COLORS.caption}">${escaped(caption)}</text>`,
    );
    for (const { typed, text } of lines) {
      y += FONT.height;
      const content = typed
        ? `<tspan fill="${COLORS.prompt}">$ </tspan><tspan fill="${COLORS.typed}">${escaped(text)}</tspan>`
        : spans(text);
      rows.push(`<text x="${MARGIN}" y="${y}" xml:space="preserve">${content}</text>`);
    }
    y += FONT.height / 3;
  }
  const height = Math.ceil(y + MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${FONT.size}" fill="${COLORS.text}">`,
    `<title>Four scenes in a terminal: ${escaped(scenes.map(({ caption }) => caption).join('; '))}</title>`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="${COLORS.paper}" stroke="${COLORS.edge}"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return address.port;
}

/** @param {number} port */
async function answers(port) {
  for (let tries = 0; tries < 50; tries++) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await setTimeout(100);
  }
  throw new Error('The broker does not answer.');
}

await build();
const folder = mkdtempSync(join(tmpdir(), 'tsmosq-picture-'));
const port = await freePort();
const config = join(folder, 'mosquitto.conf');
writeFileSync(join(folder, 'access'), ACCESS, { mode: 0o644 });
writeFileSync(
  config,
  [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    `acl_file ${join(folder, 'access')}`,
    process.getuid?.() === 0 ? 'user root' : '',
    '',
  ].join('\n'),
);
const broker = spawn(process.env['TSMOSQ_TEST_MOSQUITTO'] ?? 'mosquitto', ['-c', config], { stdio: 'ignore' });
try {
  await answers(port);
  for (const name of ['tspub', 'tssub', 'tsspool'])
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin', `${name}.js`)}' "$@"\n`,
      { mode: 0o755 },
    );
  writeFileSync(join(folder, '70000-lines.txt'), Array.from({ length: 70_000 }, (_, i) => `${i + 1}\n`).join(''));
  const env = {
    PATH: `${folder}:${process.env['PATH']}`,
    HOME: '/nonexistent',
    TSMOSQ_PORT: `${port}`,
    FORCE_COLOR: '1',
  };
  const scenes = SCENES.map(({ caption, commands }) => ({
    caption,
    lines: commands.flatMap((typed) => {
      const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${typed}`], { cwd: folder, env, encoding: 'utf8' });
      const printed = stdout.split('\n').filter((text) => text.replaceAll(new RegExp(SEQUENCE, 'g'), '') !== '');
      return [{ typed: true, text: typed }, ...printed.map((text) => ({ typed: false, text }))];
    }),
  }));
  const lines = scenes.flatMap((scene) => scene.lines);

  if (lines.length > MOST_LINES) throw new Error(`The picture has ${lines.length} lines, more than ${MOST_LINES}.`);
  const wide = Math.max(
    ...lines.map(({ typed, text }) => text.replaceAll(new RegExp(SEQUENCE, 'g'), '').length + (typed ? 2 : 0)),
  );
  if (wide * FONT.width > WIDTH - 2 * MARGIN) throw new Error(`A line has ${wide} characters, more than fit.`);
  writeFileSync(join(root, 'docs', 'picture.svg'), draw(scenes));
  console.log(lines.map(({ typed, text }) => (typed ? `$ ${text}` : text)).join('\n'));
} finally {
  broker.kill();
  rmSync(folder, { recursive: true, force: true });
}
