// The suite on the real broker.
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { mosquittoPlace, VERSIONS } from './broker.ts';
import { suite } from './suite.ts';

describeWithMosquitto('mosquitto', () => {
  suite('TCP', VERSIONS, () => mosquittoPlace());
  // That TLS carries each version and QoS alike is the law of test/net/dial-transports.test.ts.
  suite('TLS', ['mqttv5'], () => mosquittoPlace({}, true));
});
