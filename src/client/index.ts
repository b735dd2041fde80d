/** The door of client/: what the library is built on. */
export { AsyncClient } from './async-client.ts';
export type { EndOptions, PublishOptions, PublishResult } from './async-options.ts';
export { type RetryLimits, retryPolicy } from './reconnect.ts';
export { type Message, type SubscribeOptions, Subscription } from './subscription.ts';
export { invalid, mustBeBinary, mustBeInteger, mustBeProperties, mustBeText, mustBeTime } from './validate.ts';
export { mustBeTarget } from './validate-target.ts';
