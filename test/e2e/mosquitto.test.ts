// The suite on the real broker.
import { describeWithMosquitto, findProgram } from '../support/mosquitto.ts';
import { mosquittoPlace, VERSIONS } from './place.ts';
import { suite } from './suite.ts';

describeWithMosquitto('mosquitto', () => {
  suite('TCP', VERSIONS, () => mosquittoPlace());
  if (findProgram('openssl')) suite('TLS', VERSIONS, () => mosquittoPlace({}, true));
});
