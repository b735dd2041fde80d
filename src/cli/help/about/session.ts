/** The options of options/session.ts in full sentences. */
export const SESSION = {
  '-P': 'Password; before MQTT 5 it needs a user name. Other users of the machine can see it: *--password-file* is better.',
  '--password-file':
    'File with the password, which only you can read. One line end at the end of the file does not belong to the password.',
  '-c': 'Have the broker keep the session; needs -i. The broker keeps subscriptions and undelivered messages for this client identifier until the next run.',
  '--max-packet-size':
    'Reject packets larger than BYTES. With MQTT 5 the broker silently discards larger messages. Before MQTT 5 a larger packet ends the connection with exit status 2. 268435460, the MQTT maximum, means no limit. *-D* connect maximum-packet-size sets the same, for MQTT 5.',
} as const;
