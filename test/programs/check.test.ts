/**
 * tscheck in memory: what it prints and with which status it ends, with brokers that do what they should not.
 * Covers src/commands/check/checker.ts, src/commands/check/connection-checks.ts, src/net/step-clock.ts,
 * src/commands/check/certificate.ts, src/commands/check/report.ts, src/commands/check/work.ts, src/check/spec.ts, src/check/link.ts, src/entry/check-main.ts,
 * src/check/checks/refusal.ts, src/check/names.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { type Attempt, type ProgramOptions, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tmp.ts';

const check = (words: string, options: ProgramOptions = {}) =>
  startProgram('tscheck', words.split(' ').filter(Boolean), options);
const outcome = (words: string, options?: ProgramOptions) => check(words, options).finish();

describe('tscheck', () => {
  it('up: one line, status 0, and a connection that is closed in order', async () => {
    const run = check('up');
    const { stdout, stderr, status } = await run.finish();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^MQTT OK - the broker accepted the connection in \S+ ms \| time=\S+ connack=\S+\n$/);
    expect(run.wire).toBe('connect disconnect');
  });

  it('up: a broker that is down is CRITICAL', async () => {
    const refused = new Failure('connect', { message: 'Connection refused', code: 'ECONNREFUSED' });
    const { stdout, status } = await outcome('up', { attempt: () => ({ fails: refused }) });
    expect([status, stdout]).toEqual([2, 'MQTT CRITICAL - broker:1883: Connection refused\n']);
  });

  it('up --wait: tries again until the broker is there', async () => {
    const refused = new Failure('connect', { message: 'Connection refused', code: 'ECONNREFUSED' });
    const attempt = (number: number): Attempt => (number < 11 ? { fails: refused } : {});
    const { stdout, status } = await outcome('up --wait 60s', { attempt });
    expect(status).toBe(0);
    expect(stdout).toContain('at attempt 11');
  });

  it('up --wait: gives up at the end of the time, with the last reason', async () => {
    const refused = new Failure('connect', { message: 'Connection refused', code: 'ECONNREFUSED' });
    const run = check('up --wait 20s', { attempt: () => ({ fails: refused }) });
    const { stdout, status } = await run.finish();
    expect(status).toBe(2);
    expect(stdout).toContain('broker:1883: Connection refused');
    expect(run.endedAt).toBeLessThanOrEqual(21_000);
  });

  it('up --wait: does not wait for what no time can change, such as a wrong password', async () => {
    const run = check('up --wait 60s', { server: { connackCode: () => 134 } });
    const { stdout, status } = await run.finish();
    expect([status, run.attempts]).toEqual([2, 1]);
    expect(stdout).toBe('MQTT CRITICAL - broker:1883 refused the connection: Bad User Name or Password (134)\n');
  });

  it('ends at its time limit with a broker that accepts the connection and is silent', async () => {
    const run = check('roundtrip --timeout 3s', { server: { intercept: () => true } });
    const { stdout, status } = await run.finish();
    expect([status, stdout]).toEqual([2, 'MQTT CRITICAL - broker:1883: no CONNACK, after 3 s\n']);
    expect(run.endedAt).toBeLessThanOrEqual(4000);
  });

  it('roundtrip: a message that the broker drops is CRITICAL', async () => {
    const intercept = (packet: { type: string }) => packet.type === 'publish';
    const { stdout, status } = await outcome('roundtrip -q 0', { server: { intercept } });
    expect(status).toBe(2);
    expect(stdout).toMatch(/^MQTT CRITICAL - the message on 'tscheck\/tscheck-80000000' did not come back \|/);
  });

  it('roundtrip: the time between PUBLISH and its return is compared with the limits', async () => {
    const run = check('roundtrip -q 1 --warn 200ms --critical 1s');
    await run.got('publish');
    await run.pass(300);
    const sent = run.server.packets.find((packet) => packet.type === 'publish')!;
    run.send({ topic: 'tscheck/tscheck-80000000', payload: sent.payload });
    const { stdout, status } = await run.finish();
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^MQTT WARNING - a message at QoS 1 came back in 300 ms, above 200 ms \| time=300ms;200;1000 /,
      ),
    ]);
  });

  it('a connection that is lost is CRITICAL', async () => {
    const run = check('fresh -t a --older-than 1h');
    await run.got('subscribe');
    await run.until(() => run.link !== undefined);
    run.link!.cut();
    const { stdout, status } = await run.finish();
    expect([status, stdout]).toEqual([2, 'MQTT CRITICAL - broker:1883: The connection was lost\n']);
  });

  it('a signal ends it with UNKNOWN and a line', async () => {
    const run = check('fresh -t a --older-than 1h');
    await run.got('pingreq');
    run.signal('SIGTERM');
    const { stdout, status } = await run.finish();
    expect([status, stdout]).toEqual([3, 'MQTT UNKNOWN - a signal ended tscheck before it had a verdict\n']);
  });

  it('--quiet prints nothing', async () => {
    expect(await outcome('up --quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['text', /^OK: up of broker:1883: the broker accepted the connection in \S+ ms\n$/],
    ['json', /^\{"status":"OK","code":0,"checks":\[\{"check":"up","broker":"broker:1883","status":"OK",.*\}\]\}\n$/],
    [
      'prometheus',
      /^# HELP tsmosq_check_status .*\n# TYPE tsmosq_check_status gauge\ntsmosq_check_status\{check="up",broker="broker:1883"\} 0\n/,
    ],
  ])('--format %s', async (format, text) => {
    const { stdout, status } = await outcome(`up --format ${format}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(text);
  });

  it.each([
    ['', 'No check is named'],
    ['up roundtrip', 'Only one check can be named'],
    ['upp', "Unknown option 'upp'"],
    ['up --older-than 5m', '--older-than has no meaning for up'],
    ['fresh -t a', 'fresh needs --older-than'],
    ['fresh --older-than 5m', 'fresh needs a topic'],
    ['fresh -t a --older-than 5x', "--older-than '5x' is not a time, such as 500ms, 5s or 15m"],
    ['value', 'value needs a topic'],
    ['value -t a --warn 20:10', "--warn '20:10' is not a range, such as 10, 10:20, 10:, ~:10 or @10:20"],
    ['value -t a --json x', "--json 'x' is not a path, such as .state.temp or .list[0]"],
    ['value -t a --match (', "--match '(' is not a regular expression"],
    ['roundtrip --warn 200', "--warn '200' is not a time with its unit, such as 200ms or 1s"],
    ['roundtrip -t a/#', "roundtrip publishes to the topic 'a/#', which must not have wildcards"],
    ['cert', 'cert needs TLS'],
    ['cert --tls-use-os-certs --warn 30', "--warn '30' is not a time with its unit, such as 30d"],
    ['limits -V 311', 'limits needs MQTT 5'],
    ['limits --require qos=1', "--require 'qos=1' is not NAME=VALUE or NAME>=VALUE"],
    ['sys --warn 5', "--warn '5' is not NAME=RANGE"],
    ['up --checks f', 'A check (up) and --checks cannot be used together'],
    ['--checks nowhere', 'The --checks file nowhere cannot be used: No such file or directory'],
    ['up --format xml', "Unknown value 'xml' for --format"],
    ['up --timeout 30d', "--timeout '30d' is longer than 24 days"],
  ])('%s: UNKNOWN, as what is wrong is ours', async (words, message) => {
    const { stdout, status } = await outcome(words);
    expect([status, stdout]).toEqual([3, `MQTT UNKNOWN - tscheck: ${message}\n`]);
  });
});

describe('tscheck, when nothing can be checked,', () => {
  it.each([
    ['--format json nosuch', /^\{"status":"UNKNOWN","code":3,/],
    ['--format=json nosuch', /^\{"status":"UNKNOWN","code":3,/],
    ['--format prometheus nosuch', /tsmosq_check_status\{check="tscheck",name="tscheck",broker=""\} 3\n/],
  ])('reports in the format of %s', async (words, text) => {
    const { stdout, status } = await outcome(words);
    expect([status, stdout]).toEqual([3, expect.stringMatching(text)]);
  });

  it('takes the format of the environment', async () => {
    const { stdout } = await outcome('nosuch', { env: { TSMOSQ_FORMAT: 'json' } });
    expect(stdout).toMatch(/^\{/);
  });

  it('reports to --output, so that no good report of an earlier run stays', async () => {
    const path = join(tempDir('file'), 'mqtt.prom');
    const { stdout, status } = await outcome(`nosuch --format prometheus --output ${path}`);
    expect([status, stdout]).toEqual([3, '']);
    expect(readFileSync(path, 'utf8')).toContain('} 3\n');
  });
});

describe('tscheck: a broker that accepts the connection and answers nothing else is CRITICAL', () => {
  const deaf: ProgramOptions = { server: { intercept: (packet) => packet.type !== 'connect' } };
  it.each([
    ['value -t a', "the broker did not answer the subscription to 'a'"],
    ['fresh -t a --older-than 1h --for 1s', "the broker did not answer the subscription to 'a'"],
    ['sys', "the broker did not answer the subscription to '$SYS/#'"],
  ])('%s', async (words, text) => {
    const { stdout, status } = await outcome(words, deaf);
    expect([status, stdout]).toEqual([2, `MQTT CRITICAL - ${text}\n`]);
  });

  it('value, when PINGRESP is missing', async () => {
    const server = { intercept: (packet: { type: string }) => packet.type === 'pingreq' };
    const { stdout } = await outcome('value -t a', { server });
    expect(stdout).toBe('MQTT CRITICAL - the broker did not answer the ping after the subscription\n');
  });
});

describe('tscheck --checks', () => {
  const files = (text: string): ProgramOptions => ({ files: { list: text } });

  it('runs every line over one connection, and the worst status wins', async () => {
    const run = check('--checks list', files("# comment\n\nup\n  limits --name 'what is granted'\nvalue -t none\n"));
    const { stdout, status } = await run.finish();
    expect(status).toBe(3);
    expect(run.attempts).toBe(1);
    expect(stdout.split('\n').slice(1, 4)).toEqual([
      expect.stringMatching(/^OK: up of broker:1883: /),
      expect.stringMatching(/^OK: what is granted: the broker grants /),
      "UNKNOWN: value of broker:1883: no value is retained on 'none', and no message arrived",
    ]);
  });

  it('makes another connection for another user', async () => {
    const run = check('--checks list', files('up -u a\nup -u b\nup -u a\n'));
    expect((await run.finish()).status).toBe(0);
    expect(run.attempts).toBe(2);
  });

  it.each([
    ['up\nupp\n', 'In the --checks file list, line 2: Unknown option'],
    ['up --older-than 5m', 'In the --checks file list, line 1: --older-than has no meaning for up'],
    ["up --name 'x", 'The --checks file list, line 1 cannot be used: a quote is not closed'],
    ['# nothing\n', 'The --checks file list cannot be used: it has no check'],
    ['--checks list', 'line 1 cannot be used: --checks is about the report as a whole'],
    ['up --format json', 'line 1 cannot be used: --format is about the report as a whole'],
    ['-h broker', 'line 1: No check is named'],
  ])('%j: UNKNOWN, with the line', async (text, message) => {
    const { stdout, status } = await outcome('--checks list', files(text));
    expect(status).toBe(3);
    expect(stdout).toContain(message);
  });
});
