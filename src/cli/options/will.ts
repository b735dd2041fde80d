/** Options for the will message, which the broker sends if the client disconnects unexpectedly. */
import type { QoS } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { bytes, integer, MAX_FIELD_BYTES, topicName } from '../values/kinds.ts';
import { ALL, flag, value } from './option.ts';

const WILL_OPTION = { programs: ALL, group: 'will', part: 'session' } as const;

export const WILL = [
  value({
    ...WILL_OPTION,
    names: ['--will-topic'],
    placeholder: 'TOPIC',
    help: 'Topic of the Will; without it there is none',
    missing: 'Error: --will-topic argument given but no will topic specified.',
    kind: topicName('will'),
    sets: 'willTopic',
  }),
  value({
    ...WILL_OPTION,
    names: ['--will-payload'],
    placeholder: 'TEXT',
    help: 'Payload of the Will',
    defaultText: 'empty',
    missing: 'Error: --will-payload argument given but no will payload specified.',
    kind: bytes(MAX_FIELD_BYTES),
    sets: 'willPayload',
  }),
  value({
    ...WILL_OPTION,
    names: ['--will-qos'],
    placeholder: 'QOS',
    help: 'QoS of the Will, 0 to 2',
    default: 0,
    missing: 'Error: --will-qos argument given but no will QoS specified.',
    kind: integer<QoS>({
      min: 0,
      max: 2,
      bad: (typed) => usage(`Error: Invalid will QoS ${typed}.`, { blankLines: 2 }),
    }),
    sets: 'willQos',
  }),
  flag({
    ...WILL_OPTION,
    names: ['--will-retain'],
    help: 'Have the broker retain the Will',
    sets: 'willRetain',
  }),
] as const;
