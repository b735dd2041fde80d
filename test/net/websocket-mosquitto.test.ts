/** MQTT over WebSocket to the real broker. */
import { expect, it } from 'vitest';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { attempt, CONNACK, CONNECT, DISCONNECT, failureOf, PINGREQ, PINGRESP } from './rig.ts';

const to = (port: number) => attempt({ host: 'localhost', port, webSocket: { path: '/mqtt', headers: [] } });

describeWithMosquitto('the WebSocket listener of mosquitto', () => {
  it('takes a connection and ends it in order', async () => {
    const broker = await startMosquitto({ websockets: true });
    const watched = await to(broker.wsPort).opened;
    watched.stream.write(CONNECT);
    await watched.received(4);
    watched.stream.write(Buffer.concat([PINGREQ, PINGREQ, DISCONNECT]));
    watched.stream.end();
    expect(await watched.closed).toBe(undefined);
    expect(Buffer.concat(watched.pieces)).toEqual(Buffer.concat([CONNACK, PINGRESP, PINGRESP]));
  });

  it('is not what listens on a port for plain MQTT', async () => {
    const broker = await startMosquitto();
    const failure = await failureOf(to(broker.port).opened);
    expect([failure.kind, failure.status, failure.message]).toEqual(['connection-lost', 7, 'The connection was lost']);
    expect(failure.advice).toContain('For plain MQTT, omit --ws.');
  });
});
