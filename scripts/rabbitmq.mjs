// Runs the end-to-end suite against RabbitMQ with its MQTT plugin: `npm run test:rabbitmq`. Not part of `npm test`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
if (!existsSync(SERVER)) {
  console.error(
    `rabbitmq: ${SERVER} was not found. On Debian: apt-get install --no-install-recommends rabbitmq-server`,
  );
  process.exit(1);
}
await build();
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config',
    join(root, 'test/rabbitmq/vitest.config.ts'),
    '--root',
    root,
  ],
  { cwd: root, stdio: 'inherit', env: environment },
);
process.exitCode = status ?? 1;
