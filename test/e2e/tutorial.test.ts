// The first steps of a newcomer, on a broker that wants a name and a password, side by side with Mosquitto's clients.
import { expect, test } from 'vitest';
import { withQuestion } from '../parity/departures.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { ended, type Outcome, outcome } from './broker.ts';

const RAJAN = ['-u', 'rajan', '-P', 'password123'];
const GREETING = ['-t', 'greetings', '-m', 'Hello World MQTT'];

const startBroker = (): Promise<Broker> => startMosquitto({ anonymous: false, users: { rajan: 'password123' } });

/** Library texts of 2.0 end with a full stop, those of 2.1 do not. */
const withoutFullStops = ({ stderr, ...rest }: Outcome): Outcome => ({ ...rest, stderr: stderr.replace(/\.$/gm, '') });

/** Runs our program and Mosquitto's with the same arguments; what both must do is returned. */
async function both(program: 'pub' | 'sub', args: string[]): Promise<Outcome> {
  const ours = outcome(await run(`ts${program}`, args));
  const theirs = outcome(await run(`mosquitto_${program}`, args));
  expect(ours).toEqual(withoutFullStops({ ...theirs, stdout: withQuestion(theirs.stdout) }));
  return ours;
}

describeWithMosquitto('the tutorial', () => {
  test('tssub -u -P prints what tspub -u -P -d sends, with the lines of mosquitto_pub', async () => {
    const broker = await startBroker();
    const at = ['-h', 'localhost', '-p', `${broker.port}`];
    const listener = start('tssub', [...at, ...RAJAN, '-t', 'greetings']);
    await broker.waitForLog('Sending SUBACK to');

    expect(await both('pub', [...at, ...GREETING, ...RAJAN, '-d'])).toEqual(
      ended(
        0,
        'Client (null) sending CONNECT\n' +
          'Client (null) received CONNACK (0)\n' +
          "Client (null) sending PUBLISH (d0, q0, r0, m1, 'greetings', ... (16 bytes))\n" +
          'Client (null) sending PINGREQ\n' +
          'Client (null) received PINGRESP\n' +
          'Client (null) sending DISCONNECT\n',
      ),
    );
    await listener.waitForStdout('Hello World MQTT\nHello World MQTT\n');
    expect(outcome(await listener.kill('SIGINT'))).toEqual(ended(0, 'Hello World MQTT\nHello World MQTT\n'));
  });

  test('tspub -r leaves a message that a later tssub gets', async () => {
    const { port } = await startBroker();
    const at = ['-h', 'localhost', '-p', `${port}`, ...RAJAN];
    expect(outcome(await run('tspub', [...at, ...GREETING, '-r']))).toEqual(ended(0));
    expect(await both('sub', [...at, '-t', 'greetings', '-C', '1', '-W', '10'])).toEqual(
      ended(0, 'Hello World MQTT\n'),
    );
  });

  const refusals: [string, string[]][] = [
    ['without -u and -P', []],
    ['with a wrong -P', ['-u', 'rajan', '-P', 'password124']],
    ['with -u alone', ['-u', 'rajan']],
    ['with an unknown -u', ['-u', 'nobody', '-P', 'password123']],
  ];
  for (const [name, credentials] of refusals) {
    const refused = 'Connection error: Connection Refused: not authorised\n';

    test(`${name} both end with 5 and Mosquitto's text`, async () => {
      const { port } = await startBroker();
      const args = ['-h', 'localhost', '-p', `${port}`, ...credentials];
      expect(await both('sub', [...args, '-t', 'greetings'])).toEqual(ended(5, '', refused));
      expect(await both('pub', [...args, ...GREETING])).toEqual(
        ended(5, '', `${refused}Error: The connection was refused\n`),
      );
      expect(await both('pub', [...args, '-t', 'greetings', '-l'])).toEqual(
        ended(5, '', `${refused}Error: The connection was refused\n`),
      );
    });
  }

  test('-V 5 without -u and -P both end with 135', async () => {
    const { port } = await startBroker();
    const args = ['-h', 'localhost', '-p', `${port}`, '-V', '5'];
    const refused = 'Connection error: Not authorized\n';
    expect(await both('sub', [...args, '-t', 'greetings'])).toEqual(ended(135, '', refused));
    const pub = await both('pub', [...args, ...GREETING]);
    expect(pub.status).toBe(135);
    expect(pub.stderr).toMatch(refused);
  });
});
