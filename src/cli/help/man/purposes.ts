/** What each MQTT 5 property that a client can send is for: for the manual pages. */
import type { PropertyName } from '../../../mqtt/properties.ts';

export const PURPOSES: Partial<Readonly<Record<PropertyName, string>>> = {
  'payload-format-indicator': '1 says that the payload is UTF-8 text.',
  'message-expiry-interval': 'Seconds after which the broker drops the message if it is not delivered.',
  'content-type': 'The type of the payload, such as *application/json*.',
  'response-topic': 'The topic on which the sender expects a response.',
  'correlation-data': 'Bytes that a responder sends back, so that the sender can match the response.',
  'subscription-identifier': 'A number that the broker adds to each message of this subscription.',
  'session-expiry-interval': 'Seconds that the broker keeps the session after disconnect; *-x* sets the same.',
  'authentication-method':
    'The name of an extended authentication. If the broker continues it with AUTH, the run ends with exit status 11.',
  'authentication-data': 'Data for that authentication.',
  'request-problem-information': '0 asks the broker to send fewer reason texts and user properties.',
  'will-delay-interval': 'Seconds that the broker waits before it publishes the will message.',
  'request-response-information':
    '1 asks the broker for response information, from which a client can make a response topic.',
  'server-reference': 'The name of another broker. MQTT defines it for packets of the broker.',
  'reason-string': 'Text that says why the client disconnects.',
  'receive-maximum': 'The number of QoS 1 and 2 messages that the broker can send before an acknowledgement.',
  'topic-alias-maximum': 'The highest topic alias that the broker can use in messages to the client.',
  'topic-alias': 'A number that stands for the topic on this connection.',
  'user-property': 'A name and a value of your choice. It can be repeated.',
  'maximum-packet-size': 'The largest packet in bytes that the client accepts; *--max-packet-size* sets the same.',
};
