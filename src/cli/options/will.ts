/** The message that the broker sends in our name should we vanish. */
import type { QoS } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { bytes, integer, MAX_FIELD_BYTES, topicName } from '../values/kinds.ts';
import { ALL, flag, value } from './option.ts';

export const WILL = [
  value({
    names: ['--will-topic'],
    programs: ALL,
    group: 'will',
    placeholder: 'TOPIC',
    help: 'Topic of the Will; without it there is none',
    missing: 'Error: --will-topic argument given but no will topic specified.',
    kind: topicName('will'),
    sets: 'willTopic',
    part: 'session',
  }),
  value({
    names: ['--will-payload'],
    programs: ALL,
    group: 'will',
    placeholder: 'TEXT',
    help: 'Payload of the Will',
    defaultText: 'empty',
    missing: 'Error: --will-payload argument given but no will payload specified.',
    kind: bytes(MAX_FIELD_BYTES),
    sets: 'willPayload',
    part: 'session',
  }),
  value({
    names: ['--will-qos'],
    programs: ALL,
    group: 'will',
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
    part: 'session',
  }),
  flag({
    names: ['--will-retain'],
    programs: ALL,
    group: 'will',
    help: 'Have the broker retain the Will',
    sets: 'willRetain',
    part: 'session',
  }),
] as const;
