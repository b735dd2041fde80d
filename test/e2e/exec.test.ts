// tssub --exec: one command a message, acknowledged when it has ended well, and nothing of a message is ever a command.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endCommandsNaming } from '../support/commands.ts';
import { idle } from '../support/idle.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { childEnv, commandLine, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { ended, listening, mosquittoPlace, outcome, publish, subscribe } from './broker.ts';

const PATIENT = { timeout: 120_000 };
const SESSION = ['-q', '1', '-c', '-i', 'worker', '-t', 'j/#'];
const FAILED = 'Warning: the command for "j/a" failed';

/** A broker with a session that has these messages for us. */
async function queued(texts: readonly string[], ...publishArgs: string[]) {
  const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
  await subscribe(place, [...SESSION, '-E']);
  if (texts.length > 0)
    await publish(place, ['-q', '1', '-t', 'j/a', ...publishArgs, '-l'], {
      stdin: texts.map((t) => `${t}\n`).join(''),
    });
  return place;
}

const records = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>);

describeWithMosquitto('tssub --exec', () => {
  test.each(['311', '5'])(
    '-V %s: runs a command for each message and acknowledges it then',
    PATIENT,
    async (version) => {
      const place = await queued(['one', 'two', 'three']);
      const command =
        'read -r text; echo "$MQTT_TOPIC $MQTT_QOS $MQTT_RETAIN $MQTT_ATTEMPT $text"; echo "to stderr" >&2';
      const args = [...SESSION, '-V', version, '--drain', '--exec', command];
      const { status, stdout, stderr } = outcome(await subscribe(place, args));
      expect(stdout).toBe('j/a 1 0 1 one\nj/a 1 0 1 two\nj/a 1 0 1 three\n');
      expect({ status, stderr }).toEqual({ status: 0, stderr: 'to stderr\n'.repeat(3) });
      expect(outcome(await subscribe(place, args))).toEqual(ended(28));
    },
  );

  test('all that commands write to standard error comes through, however much, and as it is', PATIENT, async () => {
    const place = await queued(['one', 'two']);
    // More than a pipe holds, behind a command: from its end on Node has our standard error non-blocking.
    const command = 'printf "\\377\\n" >&2; head -c 3000000 /dev/zero >&2; echo >&2';
    const args = [...SESSION, '--drain', '--exec', command, ...place.args];
    const running = start('/bin/sh', ['-c', '"$@" 2>&1 >/dev/null', 'sh', ...commandLine('tssub', args)]);
    const { stdout } = await running.exited;
    const one = Buffer.concat([Buffer.from([0xff, 10]), Buffer.alloc(3_000_000), Buffer.from('\n')]);
    expect(stdout.length).toBe(2 * one.length);
    expect(stdout.equals(Buffer.concat([one, one]))).toBe(true);
  });

  test('properties are in the environment, and no option of ours is', PATIENT, async () => {
    const place = await queued([]);
    const message = ['-V', '5', '-q', '1', '-t', 'j/a', '-m', 'x', '-D', 'publish', 'content-type', 'text/plain'];
    await publish(place, [
      ...message,
      ...['-D', 'publish', 'response-topic', 'r', '-D', 'publish', 'correlation-data', 'c'],
      ...['-D', 'publish', 'user-property', 'k', 'v'],
    ]);
    const env = { TSMOSQ_PW: 'secret', TSMOSQ_USERNAME: 'me', MQTT_USER_PROPERTY_9_NAME: 'old' };
    const result = await subscribe(place, [...SESSION, '-V', '5', '--drain', '--exec', 'env'], { env });
    const seen = result.stdout.toString().split('\n');
    expect(seen.filter((line) => /^(MQTT|TSMOSQ)_/.test(line) && !line.startsWith('MQTT_MID=')).sort()).toEqual([
      'MQTT_ATTEMPT=1',
      'MQTT_CONTENT_TYPE=text/plain',
      'MQTT_CORRELATION_DATA=c',
      'MQTT_DUP=0',
      'MQTT_QOS=1',
      'MQTT_RESPONSE_TOPIC=r',
      'MQTT_RETAIN=0',
      'MQTT_TOPIC=j/a',
      'MQTT_USER_PROPERTIES=1',
      'MQTT_USER_PROPERTY_1_NAME=k',
      'MQTT_USER_PROPERTY_1_VALUE=v',
    ]);
  });

  test('the rest of the environment is the one that tssub got', PATIENT, async () => {
    const place = await queued(['x']);
    const args = [...SESSION, '--connect-timeout', '3', '--drain', '--exec', 'env'];
    const { stdout } = await subscribe(place, args);
    const names = stdout.toString().match(/^\w+(?==)/gm) ?? [];
    const added = names.filter((name) => !name.startsWith('MQTT_') && !(name in childEnv()));
    expect(names.length).toBeGreaterThan(10);
    // These three the shell adds.
    expect(added.filter((name) => !['PWD', 'SHLVL', '_'].includes(name))).toEqual([]);
  });

  const ATTACKS = ['$(touch hit)', '`touch hit`', '; touch hit', '| touch hit', '"; touch hit; "', "'; touch hit; '"];

  test('what comes from the network is never a command', PATIENT, async () => {
    const place = await queued([]);
    const cwd = tempDir();
    for (const attack of ATTACKS)
      await publish(
        place,
        [
          ...['-V', '5', '-q', '1', '-t', `j/${attack}`, '-s', '-D', 'publish', 'content-type', attack],
          ...['-D', 'publish', 'user-property', attack, attack, '-D', 'publish', 'response-topic', attack],
          ...['-D', 'publish', 'correlation-data', attack],
        ],
        { stdin: `${attack}\ntouch hit\n` },
      );
    const command = 'printf "%s\\n" "$MQTT_TOPIC" "$MQTT_CONTENT_TYPE" "$MQTT_USER_PROPERTY_1_NAME"; cat';
    const args = [...SESSION, '-V', '5', '--drain', '--exec', command];
    const { status, stdout } = outcome(await subscribe(place, args, { cwd }));
    expect(stdout).toBe(ATTACKS.map((a) => `j/${a}\n${a}\n${a}\n${a}\ntouch hit\n`).join(''));
    expect({ status, hit: existsSync(join(cwd, 'hit')) }).toEqual({ status: 0, hit: false });
  });

  test(
    'a command that fails for good ends the run with 123, and the next run begins with that message',
    PATIENT,
    async () => {
      const place = await queued(['one', 'two', 'three']);
      const args = [...SESSION, '--drain', '--exec'];
      const failing = 'read -r x; [ "$x" = two ] && exit 7; echo "$x"';
      expect(outcome(await subscribe(place, [...args, failing, '--exec-retries', '1']))).toEqual(
        ended(
          123,
          'one\n',
          `${FAILED} (exit status 7); 1 retry left, the next in 1 s.\n` +
            'Error: the command for "j/a" failed (exit status 7) 2 times; the broker keeps the message for the next run.\n',
        ),
      );
      expect(outcome(await subscribe(place, [...args, 'cat']))).toEqual(ended(0, 'two\nthree\n'));
    },
  );

  test('a command that fails once is run again, and knows it', PATIENT, async () => {
    const place = await queued(['one']);
    const command = 'read -r x; echo "$x $MQTT_ATTEMPT"; [ "$MQTT_ATTEMPT" = 2 ]';
    const args = [...SESSION, '--drain', '--exec-retries', '1', '--quiet', '--exec', command];
    expect(outcome(await subscribe(place, args))).toEqual(ended(0, 'one 1\none 2\n'));
    expect((await subscribe(place, args)).status).toBe(28);
  });

  test('a message of QoS 0, or without a kept session, is reported as lost', PATIENT, async () => {
    const place = await mosquittoPlace();
    for (const [qos, fate] of [
      ['0', 'the message is lost: at QoS 0 the broker does not keep it (use -q 1)'],
      ['1', 'the message is lost with the session (use -c -i ID)'],
    ] as const) {
      const running = await listening(place, ['-q', qos, '-t', 'j/a', '--exec', 'false']);
      await publish(place, ['-q', qos, '-t', 'j/a', '-m', 'x']);
      const { status, stderr } = await running.exited;
      expect(status).toBe(123);
      expect(stderr).toContain(`Error: the command for "j/a" failed (exit status 1); ${fate}.\n`);
    }
  });

  test('--dead-letter DIR keeps a failed message as a file that -F %j could have printed', PATIENT, async () => {
    const place = await queued(['good', 'bad'], '-V', '5', '-D', 'publish', 'user-property', 'k', 'v');
    await publish(place, ['-q', '1', '-t', 'j/b', '-s'], { stdin: Buffer.from([0xff, 0, 10]) });
    const folder = tempDir();
    const command = 'read -r x; [ "$x" = good ] && echo "$x"';
    const args = [...SESSION, '-V', '5', '--drain', '--dead-letter', folder, '--exec', command];
    const { status, stdout, stderr } = outcome(await subscribe(place, args));
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'good\n' });
    expect(stderr).toContain(`${FAILED} (exit status 1); the message is now a dead letter.\n`);
    expect(records(folder)).toMatchObject([
      { topic: 'j/a', qos: 1, retain: false, payload: 'bad', properties: { 'user-properties': [{ k: 'v' }] } },
      { topic: 'j/b', qos: 1, payload: null, payload_base64: '/wAK' },
    ]);
    expect(readdirSync(folder).every((name) => name.endsWith('.json'))).toBe(true);
    expect((await subscribe(place, args)).status).toBe(28);
  });

  test.each(['311', '5'])('-V %s: --dead-letter topic:NAME publishes the same line', PATIENT, async (version) => {
    const place = await queued(['bad 1', 'bad 2', 'bad 3', 'bad 4', 'good']);
    const dead = await listening(place, ['-q', '1', '-t', 'dead/jobs', '-C', '4']);
    const command = 'read -r x; [ "$x" = good ]';
    const args = [...SESSION, '-V', version, '--drain', '--dead-letter', 'topic:dead/jobs', '--exec', command];
    expect((await subscribe(place, args)).status).toBe(0);
    const lines = (await dead.exited).stdout.toString().trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { payload: string }).payload)).toEqual(
      [1, 2, 3, 4].map((n) => `bad ${n}`),
    );
    expect((await subscribe(place, args)).status).toBe(28);
  });

  test('a dead-letter folder that cannot be made is reported before anything is connected', PATIENT, async () => {
    const { status, stderr } = await subscribe({ args: ['-p', '1'], subscribed: async () => {} }, [
      ...[...SESSION, '--exec', 'x', '--dead-letter', '/nonexistent/d'],
    ]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Error: Unable to use --dead-letter directory "/nonexistent/d": No such file or directory\n',
    });
  });

  test('a dead letter that cannot be written is not acknowledged', PATIENT, async () => {
    const place = await queued(['one']);
    const folder = join(tempDir(), 'd');
    mkdirSync(folder);
    const args = [...SESSION, '--drain', '--exec'];
    // The command takes the folder away.
    const { status, stderr } = outcome(
      await subscribe(place, [...args, `rmdir '${folder}'; false`, '--dead-letter', folder]),
    );
    expect(status).toBe(123);
    expect(stderr).toContain(
      `and storing the dead letter failed (directory "${folder}": No such file or directory); the broker keeps the message`,
    );
    expect(outcome(await subscribe(place, [...args, 'cat']))).toEqual(ended(0, 'one\n'));
  });

  test('--exec-timeout ends the command with all that it has started', PATIENT, async () => {
    const place = await queued(['one']);
    const folder = tempDir();
    const command = `echo $$ > '${folder}/pids'; sleep 1000 & echo $! >> '${folder}/pids'; wait`;
    const { status, stderr } = outcome(
      await subscribe(place, [...SESSION, '--drain', '--exec-timeout', '2', '--exec', command]),
    );
    expect(status).toBe(123);
    expect(stderr).toContain(
      'Error: the command for "j/a" failed (still running after 2 s); the broker keeps the message',
    );
    const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n');
    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('--workers 4 runs four at a time, and acknowledges in the order of arrival', PATIENT, async () => {
    const place = await queued(['1', '2', '3', '4', '5', '6', '7', '8']);
    const folder = tempDir();
    // Each waits for three others; of each four the first to come is the last to end.
    const command = `
      read -r n; : > '${folder}/'$n
      if [ $n -le 4 ]; then want=4; else want=8; fi
      while [ $(ls '${folder}' | grep -c '^[0-9]$') -lt $want ]; do sleep 0.05; done
      case $n in 1|5) while [ ! -e '${folder}/'done$((n + 1)) ]; do sleep 0.05; done;; *) : > '${folder}/'done$n;; esac`;
    const { status, stderr } = outcome(
      await subscribe(place, [...SESSION, '--drain', '--workers', '4', '--exec-timeout', '20', '--exec', command]),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const acknowledged = [...place.broker.log().matchAll(/Received PUBACK from worker \(Mid: (\d+)/g)].map(([, m]) =>
      Number(m),
    );
    expect(acknowledged).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('SIGTERM lets the running command end and acknowledges its message, and starts no other', PATIENT, async () => {
    const place = await queued(['one', 'two']);
    const folder = tempDir();
    const command = `echo started; while [ ! -e '${folder}/go' ]; do sleep 0.05; done; cat`;
    const running = start('tssub', [...place.args, ...SESSION, '--exec', command]);
    await running.waitForStdout('started\n', 30_000);
    running.child.kill('SIGTERM');
    // It has seen the signal before the command ends. DISCONNECT does not come earlier; the next signal would not wait.
    await idle(running.child.pid);
    writeFileSync(join(folder, 'go'), '');
    expect(outcome(await running.exited)).toEqual(ended(0, 'started\none\n'));
    expect(outcome(await subscribe(place, [...SESSION, '--drain', '--exec', 'cat']))).toEqual(ended(0, 'two\n'));
  });

  test('a second SIGTERM ends tssub with 143 and the command too; the message stays', PATIENT, async () => {
    const place = await queued(['one']);
    const running = start('tssub', [...place.args, ...SESSION, '--exec', 'echo $$; exec sleep 1000']);
    const pid = (await running.waitForStdout('\n', 30_000)).trim();
    running.child.kill('SIGTERM');
    // Two that come as one are one; a third could come when it has stopped listening and is about to end.
    await idle(running.child.pid);
    expect((await running.kill('SIGTERM')).status).toBe(143);
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(outcome(await subscribe(place, [...SESSION, '--drain', '--exec', 'cat']))).toEqual(ended(0, 'one\n'));
  });

  test('--exec-file: the first line that fits is run, and without one the message is printed', PATIENT, async () => {
    const place = await queued(['one']);
    for (const topic of ['j/b', 'j/c']) await publish(place, ['-q', '1', '-t', topic, '-m', topic]);
    const table = join(tempDir(), 'table');
    writeFileSync(table, '# FILTER COMMAND\nj/a   echo first; cat\n"j/b" echo second\nj/+/x false\nj/b false\n');
    const args = [...SESSION, '--drain', '--exec-file', table, '-v'];
    const { status, stdout } = outcome(await subscribe(place, args));
    expect({ status, lines: stdout.split('\n').sort() }).toEqual({
      status: 0,
      lines: ['', 'first', 'j/c j/c', 'one', 'second'],
    });
  });

  test('a command need not read its input, and may leave something running', PATIENT, async () => {
    const place = await queued([]);
    await publish(place, ['-q', '1', '-t', 'j/a', '-s'], { stdin: 'x'.repeat(300_000) });
    const folder = tempDir();
    endCommandsNaming(folder);
    // What is left running holds standard output as long as the test lasts.
    const command = `(while [ ! -e '${folder}/go' ]; do sleep 0.1; done) & echo ok`;
    expect(outcome(await subscribe(place, [...SESSION, '--drain', '--exec', command]))).toEqual(ended(0, 'ok\n'));
  });

  test(
    'a reader that has gone ends tssub with 141, and nothing is acknowledged that it has not got',
    PATIENT,
    async () => {
      const place = await queued(['one']);
      const gone = join(tempDir(), 'gone');
      const reader = start('sh', [
        '-c',
        `exec 3>&1; { "$@"; echo "status $?" >&3; } | { exec <&-; : > '${gone}'; }`,
        'sh',
        process.execPath,
        join(import.meta.dirname, '../../bin/tssub.js'),
        ...[...place.args, ...SESSION, '--exec', `while [ ! -e '${gone}' ]; do sleep 0.05; done; cat`],
      ]);
      expect((await reader.exited).stdout.toString()).toBe('status 141\n');
      expect(outcome(await subscribe(place, [...SESSION, '--drain', '--exec', 'cat']))).toEqual(ended(0, 'one\n'));
    },
  );

  test('a reader that goes while a command waits for it ends tssub with 141, too', PATIENT, async () => {
    const place = await queued(['one']);
    const reader = start('sh', [
      '-c',
      // Until then pipe and memory have long been full.
      `exec 3>&1; { "$@"; echo "status $?" >&3; } | { sleep 3; exec <&-; }`,
      'sh',
      process.execPath,
      join(import.meta.dirname, '../../bin/tssub.js'),
      ...[...place.args, ...SESSION, '--exec', 'head -c 9000000 /dev/zero'],
    ]);
    expect((await reader.exited).stdout.toString()).toBe('status 141\n');
    expect(outcome(await subscribe(place, [...SESSION, '--drain', '--exec', 'cat']))).toEqual(ended(0, 'one\n'));
  });
});

/** A process that lives: one that ended and waits for its parent does not. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
