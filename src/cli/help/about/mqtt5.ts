/** The options of options/mqtt5.ts in full sentences. */
export const MQTT5 = {
  '-D': 'Add an MQTT 5 property to a packet: *connect*, *publish*, *subscribe*, *unsubscribe*, *disconnect* or *will*. PROPERTIES lists the names and values; *user-property* has two values, a key and a value, and can be repeated. This option selects MQTT 5; with a later *-V 31* or *-V 311* the exit status is 1. A property for a packet that the run does not send has no effect, and a warning is printed. Example: *-D connect session-expiry-interval 3600*.',
} as const;
