/** Options for the will message, which the broker sends if the client disconnects unexpectedly. */
import type { QoS } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { bytes, integer, MAX_FIELD_BYTES, topicName } from '../values/kinds.ts';
import { CLIENTS, flag, value } from './option.ts';

const WILL_OPTION = { programs: CLIENTS, group: 'will', part: 'session' } as const;

export const WILL = [
  value({
    ...WILL_OPTION,
    names: ['--will-topic'],
    placeholder: 'TOPIC',
    help: 'Set a will message, to be published on TOPIC',
    missing: 'Error: --will-topic argument given but no will topic specified.',
    kind: topicName('will'),
    sets: 'willTopic',
  }),
  value({
    ...WILL_OPTION,
    names: ['--will-payload'],
    placeholder: 'TEXT',
    help: 'Use TEXT as the payload of the will message',
    defaultText: 'empty',
    missing: 'Error: --will-payload argument given but no will payload specified.',
    kind: bytes(MAX_FIELD_BYTES),
    sets: 'willPayload',
  }),
  value({
    ...WILL_OPTION,
    names: ['--will-qos'],
    placeholder: 'QOS',
    help: 'Publish the will message with QOS 0, 1 or 2',
    default: 0,
    missing: 'Error: --will-qos argument given but no will QoS specified.',
    kind: integer<QoS>({
      min: 0,
      max: 2,
      bad: (typed) =>
        usage(`Error: Invalid will QoS ${typed}.`, { blankLines: 2 }).hinting('--will-qos takes 0, 1 or 2.'),
    }),
    sets: 'willQos',
  }),
  flag({
    ...WILL_OPTION,
    names: ['--will-retain'],
    help: 'Make the broker retain the will message',
    sets: 'willRetain',
  }),
] as const;
