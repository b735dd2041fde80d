/** The options of options/will.ts in full sentences. */
export const WILL = {
  '--will-topic':
    'Set a will message: the broker publishes it on this topic if the client disconnects unexpectedly, for example after *kill -9* or a network failure. After a normal exit the broker does not publish it; SIGNALS describes what happens after a signal. A topic cannot contain + or #. Example: *--will-topic status/job --will-payload failed --will-retain*.',
  '--will-payload':
    'Use this text as the payload of the will message, up to 65535 bytes. It needs *--will-topic*; without that the exit status is 1. *-D will* adds properties, such as *content-type*.',
  '--will-qos':
    'Have the will message published with this QoS: 0, 1 or 2. Without *--will-topic* it has no effect, and a warning is printed.',
  '--will-retain':
    'Have the broker retain the will message, so that a client that subscribes later receives it as well. It needs *--will-topic*; without that the exit status is 1.',
} as const;
