/** The options of options/connection.ts in full sentences. */
export const CONNECTION = {
  '-L': 'The URL is mqtt[s]|ws[s]://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC. Host, port, user, password and topic in one; *mqtts* and *wss* turn TLS on. What is special in them is written with a percent sign, such as *%40* for @. Other users of the machine can see a password on the command line.',
  '-p': 'Port of the broker; 0 if HOST is the path of a socket. *--cafile*, *--capath*, *--tls-use-os-certs* and *--psk* turn TLS on, and then the default is 8883. *-p 8883* turns TLS on as well, with the CA certificates of the system unless others are named.',
  '-D': 'Add a property to a packet; user-property has 2 VALUEs. The packet, the name of the property and its value; see PROPERTIES. It selects MQTT 5.',
  '-V': 'MQTT version: mqttv31, mqttv311, mqttv5 (31, 311, 5). Later options that need MQTT 5 select it.',
} as const;
