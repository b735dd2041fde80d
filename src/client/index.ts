/** The door of client/: what the programs and the library are built on. */
export { AsyncClient, type AsyncClientHandlers, type PublishOptions, type PublishResult } from './async-client.ts';
export { Client, type ClientHandlers, type ClientOptions } from './client.ts';
export { type ComesBack, type RetryLimits, type RetryPolicy, retryPolicy } from './reconnect.ts';
export { type Message, type SubscribeOptions, Subscription } from './subscription.ts';
export { traceLines } from './trace.ts';
