/** The door of mqtt/: what the layers above may use, and what the package will export. */
export { decodePacket, encodePacket } from './codec.ts';
export { excessText } from './count-limits.ts';
export { Framer } from './framer.ts';
export { PacketError } from './packet-error.ts';
export { type PublishContent, publishLength, type Slices } from './packets/publish.ts';
export { subscriptionOptions } from './packets/subscribe.ts';
export * from './properties.ts';
export { Reader } from './reader.ts';
export { connackText, isRefusal, PACKET_TOO_LARGE, QUOTA_EXCEEDED, reasonText } from './reasons.ts';
export type { SessionEvent, Token } from './session/events.ts';
export type { Delivery } from './session/inbound.ts';
export type { SessionOptions } from './session/options.ts';
export { Session } from './session/session.ts';
export type { SessionState } from './session/state.ts';
export * from './topic.ts';
export { TopicTree } from './topic-tree.ts';
export * from './types.ts';
export { Writer } from './writer.ts';
