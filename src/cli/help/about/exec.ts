/** The options of options/exec.ts in full sentences. */
export const EXEC = {
  '--exec':
    'Run CMD for each message, payload on its input; MQTT_TOPIC. By */bin/sh -c*. The payload is its standard input; MQTT_TOPIC, MQTT_QOS, MQTT_RETAIN, MQTT_DUP, MQTT_MID, MQTT_ATTEMPT and the properties are in its environment, and nothing of a message is ever part of the command. The message is acknowledged when the command ends with 0.',
  '--exec-file':
    'Lines FILTER COMMAND; the first that fits is run. Lines that begin with # are comments; a filter with blanks, or # itself, stands in double quotes. What no line takes goes to *--exec*, and is printed where there is none.',
  '--exec-retries':
    'Run a failed command so often again, after 1, 2, 4 s. Then 8 s and so on, up to 60 s. The message keeps its worker meanwhile.',
  '--dead-letter':
    'Then keep its message in a folder, or on topic:NAME. As the line of JSON that *-F %j* prints: a file of its own in the directory, which is created (mode 0700) if it is missing, or a message of QoS 1. It is safe there before the message is acknowledged.',
  '--drain':
    'Leave when no more is queued; exit status 28: nothing was. After a silence (*--drain-quiet*) the broker is asked with PINGREQ whether there is more. With *-C* it leaves earlier, at that many; with *-W* also when the time is up, with 27.',
} as const;
