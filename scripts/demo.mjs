// Shows the programs at work with an embedded broker: prints every command line and its output, and checks the output.
// Exits with status 0, or with 1 and a line that describes the difference.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { build } from './build.mjs';
import { isBuildFailure } from './bundle.mjs';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { AddressInfo, Socket } from 'node:net'
 *
 * @typedef {{ stdout: string, stderr: string, status: number | null, signal: string | null }} Ended
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const TIME_LIMIT_MS = 300_000;
const SUBSCRIBE_LIMIT_MS = 60_000;

/**
 * The steps of the demo: a title, the program that it needs, and its actions.
 * @type {{ title: string, needs: string, show(hand: ReturnType<typeof tools>): Promise<void> }[]}
 */
const STEPS = [
  {
    title: 'publish and subscribe',
    needs: 'tssub',
    async show({ subscriber, run }) {
      const listening = await subscriber(['-t', 'demo/+', '-v', '-C', '2']);
      await run('tspub', ['-t', 'demo/greeting', '-m', 'hello, world']);
      await run('tspub', ['-t', 'demo/greeting', '-m', 'grüß dich ☀']);
      await listening.prints('demo/greeting hello, world\ndemo/greeting grüß dich ☀\n');
    },
  },
  {
    title: 'a retained message waits for whoever comes later',
    needs: 'tssub',
    async show({ subscriber, run }) {
      await run('tspub', ['-t', 'demo/retained', '-m', 'still here', '-r', '-q', '1']);
      const late = await subscriber(['-t', 'demo/retained', '-C', '1']);
      await late.prints('still here\n');
    },
  },
  {
    title: 'quality of service 2, exactly once',
    needs: 'tssub',
    async show({ subscriber, run }) {
      const listening = await subscriber(['-t', 'demo/exactly-once', '-q', '2', '-v', '-C', '3']);
      await run('tspub', ['-t', 'demo/exactly-once', '-q', '2', '-l'], 'one\ntwo\nthree\n');
      await listening.prints(['one', 'two', 'three'].map((word) => `demo/exactly-once ${word}\n`).join(''));
    },
  },
  {
    title: 'a last will speaks for a client that dies',
    needs: 'tssub',
    async show({ subscriber }) {
      const heir = await subscriber(['-t', 'demo/will', '-C', '1']);
      const will = ['--will-topic', 'demo/will', '--will-payload', 'gone for good', '--will-qos', '1', '--will-retain'];
      const victim = await subscriber(['-t', 'demo/nothing', ...will]);
      await victim.killed();
      await heir.prints('gone for good\n');
    },
  },
  {
    title: 'a request and its answer',
    needs: 'tsrr',
    async show({ run }) {
      const request = ['-V', 'mqttv311', '-t', 'demo/echo', '-e', 'demo/echo', '-m', 'anybody there?', '-W', '60'];
      await run('tsrr', request, undefined, 'anybody there?\n');
    },
  },
  {
    title: 'a password file: made, its plain text hashed, checked',
    needs: 'tspasswd',
    async show({ offline, file }) {
      const path = file('passwords', '# staff\nbob:plain text\n');
      await offline('tspasswd', ['-b', path, 'alice', 'wonderland'], 'Adding password for user alice\n');
      await offline('tspasswd', ['-U', path], '');
      // Necessary for root on a machine with a broker, which reads as this user. Elsewhere it fails without harm.
      spawnSync('chown', ['mosquitto:', path]);
      await offline('tspasswd', ['--check', path], `${path}: no problem in 2 entries\n`);
      await offline('tspasswd', ['--verify', '-b', path, 'bob', 'plain text'], 'Right password for user bob\n');
      await offline('tspasswd', ['-D', path, 'alice'], '');
      await offline('tspasswd', ['--list', path], 'bob\tsha512-pbkdf2\titerations 1000\tsalt 12\n');
    },
  },
];

class Mismatch extends Error {}

const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-demo-'));
// The broker reads a password file there, as its own user.
chmodSync(scratch, 0o755);
/** @type {Set<ChildProcess>} */
const children = new Set();
const { NODE_OPTIONS: _options, ...inherited } = process.env;
const env = { ...inherited, HOME: scratch, XDG_CONFIG_HOME: scratch }; // a demo must not use personal settings

/**
 * Starts one of our programs; `shown` is its command line.
 * @param {string} program
 * @param {string[]} args
 * @param {string} [input]
 */
function launch(program, args, input) {
  const child = spawn(process.execPath, [join(root, 'bin', `${program}.js`), ...args], {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const output = { stdout: '', stderr: '' };
  for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
    child[stream]?.setEncoding('utf8').on('data', (text) => {
      output[stream] += text;
    });
  }
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      children.delete(child);
      resolve({ ...output, status, signal });
    });
  });
  ended.catch(() => {});
  return { child, ended, shown: [program, ...args.map(quoted)].join(' ') };
}

/** @param {string} word */
const quoted = (word) => (/^[\w/.:,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * @param {string} shown
 * @param {string} what
 * @param {string | number | null} actual
 * @param {string | number} expected
 */
function check(shown, what, actual, expected) {
  if (actual === expected) return;
  throw new Mismatch(`${shown}: ${what} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

/** @param {string} text */
function show(text) {
  if (text !== '') process.stdout.write(text.replace(/^(?=.)/gm, '  '));
}

/**
 * The functions that the steps use.
 * @param {Aedes} broker
 * @param {number} port
 */
function tools(broker, port) {
  const server = ['-h', '127.0.0.1', '-p', String(port)];
  let subscribers = 0;
  /** @type {(program: string, args: string[], input?: string, expected?: string) => Promise<void>} */
  const run = async (program, args, input, expected = '') => {
    const { ended, shown } = launch(program, args, input);
    console.log(input === undefined ? `$ ${shown}` : `$ printf ${quoted(input.replaceAll('\n', '\\n'))} | ${shown}`);
    const { status, stdout, stderr } = await ended;
    show(stdout);
    check(shown, 'standard error', stderr, '');
    check(shown, 'standard output', stdout, expected);
    check(shown, 'the exit status', status, 0);
  };
  return {
    /**
     * Runs a program that ends by itself and must print `expected`, by default nothing.
     * @type {typeof run}
     */
    run: (program, args, input, expected) => run(program, [...server, ...args], input, expected),

    /**
     * As run(), for a program without a connection.
     * @type {(program: string, args: string[], expected: string) => Promise<void>}
     */
    offline: (program, args, expected) => run(program, args, undefined, expected),

    /**
     * A file of the demo's own; returns its path.
     * @param {string} name
     * @param {string} content
     */
    file(name, content) {
      const path = join(scratch, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },

    /**
     * Starts tssub, and waits until the broker has its subscription.
     * @param {string[]} args
     */
    async subscriber(args) {
      const id = `subscriber${++subscribers}`;
      const subscribed = subscriptionOf(broker, id);
      const { child, ended, shown } = launch('tssub', [...server, '-i', id, ...args, '-W', '60']);
      console.log(`$ ${shown} &`);
      const early = await Promise.race([subscribed, ended]);
      // With -C, a retained message may end tssub before the notice of its subscription arrives.
      if (early?.status) throw new Mismatch(`${shown}: ended with status ${early.status}: ${early.stderr.trim()}`);
      return {
        /** @param {string} expected */
        async prints(expected) {
          const { status, stdout, stderr } = await ended;
          console.log(`${id} printed:`);
          show(stdout);
          check(shown, 'standard error', stderr, '');
          check(shown, 'standard output', stdout, expected);
          check(shown, 'the exit status', status, 0);
        },
        async killed() {
          console.log(`${id} is killed with SIGKILL`);
          child.kill('SIGKILL');
          const { stdout, stderr, signal } = await ended;
          check(shown, 'its output before it was killed', stdout + stderr, '');
          check(shown, 'the signal that ended it', signal, 'SIGKILL');
        },
      };
    },
  };
}

/**
 * @param {Aedes} broker
 * @param {string} id
 * @returns {Promise<undefined>}
 */
function subscriptionOf(broker, id) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Mismatch(`${id} has not subscribed in time`)), SUBSCRIBE_LIMIT_MS);
    /** @type {(subscriptions: unknown, client: { id: string } | null) => void} */
    const heard = (_subscriptions, client) => client?.id === id && finish();
    /** @param {Error} [problem] */
    const finish = (problem) => {
      clearTimeout(timer);
      broker.off('subscribe', heard);
      if (problem) reject(problem);
      else resolve(undefined);
    };
    broker.on('subscribe', heard);
  });
}

async function main() {
  await build();
  const broker = await Aedes.createBroker();
  /** @type {Set<Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    broker.handle(socket);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  console.log(`an embedded broker listens on 127.0.0.1:${port}`);
  const hand = tools(broker, port);
  try {
    for (const { title, needs, show: showStep } of STEPS) {
      if (!existsSync(join(root, 'bin', `${needs}.js`))) continue;
      console.log(`\n# ${title}`);
      await showStep(hand);
    }
  } finally {
    for (const child of children) child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => broker.close(() => server.close(resolve)));
  }
  console.log('\ndemo: everything came out as expected');
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});
const watchdog = setTimeout(() => {
  console.error(`demo: FAILED: not done after ${TIME_LIMIT_MS / 1000} s`);
  process.exit(1);
}, TIME_LIMIT_MS);
try {
  await main();
} catch (error) {
  const reason = error instanceof Mismatch ? error.message : error instanceof Error ? error.stack : error;
  console.error(`demo: FAILED: ${isBuildFailure(error) ? 'the build failed' : reason}`);
  process.exitCode = 1;
}
clearTimeout(watchdog);
