/** The message that the broker sends in our name should we vanish. */
import type { QoS } from '../../mqtt/types.ts';
import { wide } from '../complaint.ts';
import { bytes, integer, MAX_FIELD_BYTES, topicName } from '../values/kinds.ts';
import { flag, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

export const WILL: readonly Option[] = [
  value({
    names: ['--will-topic'],
    programs: ALL,
    group: 'will',
    placeholder: 'TOPIC',
    help: 'Topic of the Will; without it there is none',
    missing: 'Error: --will-topic argument given but no will topic specified.',
    kind: topicName('will'),
    apply: (settings, topic) => {
      settings.will.topic = topic;
    },
  }),
  value({
    names: ['--will-payload'],
    programs: ALL,
    group: 'will',
    placeholder: 'TEXT',
    help: 'Payload of the Will',
    default: 'empty',
    missing: 'Error: --will-payload argument given but no will payload specified.',
    kind: bytes(MAX_FIELD_BYTES),
    apply: (settings, payload) => {
      settings.will.payload = payload;
    },
  }),
  value({
    names: ['--will-qos'],
    programs: ALL,
    group: 'will',
    placeholder: 'QOS',
    help: 'QoS of the Will, 0 to 2',
    default: '0',
    missing: 'Error: --will-qos argument given but no will QoS specified.',
    kind: integer<QoS>({ min: 0, max: 2, bad: (typed) => wide(`Error: Invalid will QoS ${typed}.`) }),
    apply: (settings, qos) => {
      settings.will.qos = qos;
    },
  }),
  flag({
    names: ['--will-retain'],
    programs: ALL,
    group: 'will',
    help: 'Have the broker retain the Will',
    apply: (settings) => {
      settings.will.retain = true;
    },
  }),
];
