// --tls-keylog holds what is needed to read a capture of the connection: tshark finds the topic in it.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, findProgram, startMosquitto } from '../support/mosquitto.ts';
import { type Running, run, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

const TOPIC = 'topic/in/cipher';

const LOOPBACK = process.platform === 'darwin' ? 'lo0' : 'lo';

describeWithMosquitto('--tls-keylog and tshark', () => {
  for (const version of ['tlsv1.2', 'tlsv1.3']) {
    test(`decipher a capture (${version})`, async (context) => {
      if (findProgram('tshark') === undefined) {
        if (process.env['CI'] === 'true') throw new Error('tshark was not found, and CI=true demands it');
        console.warn('SKIPPED: deciphering a capture: tshark was not found');
        return context.skip('no tshark');
      }
      const { server, ca } = certificates();
      const { tlsPort } = await startMosquitto({ tls: server });
      const capture = join(tempDir(), 'capture.pcapng');
      const keylogFile = join(tempDir(), 'keys');
      const filter = `port ${tlsPort}`;
      const tshark = start('tshark', ['-i', LOOPBACK, '-f', filter, '-w', capture, '-q']);
      if (!(await seen('the capture begins', tlsPort, capture, tshark))) {
        console.warn(`SKIPPED: deciphering a capture: ${tshark.stderr().trim()}`);
        return context.skip('no permission to capture');
      }
      const to = ['-h', 'localhost', '-p', `${tlsPort}`, '--cafile', ca, '--tls-version', version];
      const { status } = await run('tspub', [...to, '--tls-keylog', keylogFile, '-t', TOPIC, '-m', 'x']);
      expect(status).toBe(0);
      expect(await seen('the capture ends', tlsPort, capture, tshark)).toBe(true);
      await tshark.kill('SIGINT');

      const topics = async (keys: string): Promise<string> => {
        const how = [
          '-d',
          `tcp.port==${tlsPort},tls`,
          '-d',
          `tls.port==${tlsPort},mqtt`,
          '-o',
          `tls.keylog_file:${keys}`,
        ];
        const what = ['-Y', 'mqtt.topic', '-T', 'fields', '-e', 'mqtt.topic'];
        return (await run('tshark', ['-r', capture, ...how, ...what])).stdout.toString().trim();
      };
      expect(await topics(keylogFile)).toBe(TOPIC);
      // Without the keys it is cipher text.
      expect(await topics('/dev/null')).toBe('');
    });
  }
});

/** Sends a mark until it stands in the capture file; false when the capture has ended. */
async function seen(mark: string, port: number, file: string, tshark: Running): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    for (;;) {
      socket.send(mark, port, '127.0.0.1');
      await sleep(50);
      if (contents(file).includes(mark)) return true;
      if (tshark.child.exitCode !== null) return false;
    }
  } finally {
    socket.close();
  }
}

function contents(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
