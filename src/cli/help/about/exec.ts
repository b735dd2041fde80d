/** The options of options/exec.ts in full sentences. */
export const EXEC = {
  '--exec':
    "Run this command (*/bin/sh -c*) for each message, with the payload on its standard input and the topic in *MQTT_TOPIC*; ENVIRONMENT lists all variables. No part of a message is ever part of the command. The message is acknowledged when the command exits with 0; use *-q 1 -c -i* _ID_, so that the broker sends a failed message again. After a failure that is not handled, *tssub* exits with 123. Example: *tssub -q 1 -c -i jobs -t 'jobs/#' --exec ./job*.",
  '--exec-file':
    'Choose the command by topic. Each line of this file is a topic filter, spaces and a command; the first filter that matches is used. Lines that begin with # are comments, so write a filter with spaces, or # itself, in double quotes. Messages that match no line go to *--exec*, or are printed if there is none. If a line is not valid, the exit status is 1.',
  '--exec-timeout':
    'End a command after this many seconds, more than 0; it counts as failed. The command and all processes of its group receive SIGTERM, and SIGKILL 5 seconds later. *--exec-retries* and *--dead-letter* then apply.',
  '--exec-retries':
    'Repeat a failed command up to this many times, after 1, 2, 4 seconds and so on, up to 60. The message keeps its worker in the meantime, so with one worker no later message overtakes it. *MQTT_ATTEMPT* has the number of the attempt. After the last one, *--dead-letter* applies, or *tssub* exits with 123.',
  '--dead-letter':
    'Save a message whose command failed, as the line of JSON that *-F %j* prints, and then acknowledge it. A directory gets one file for each message, and is created (mode 0700) if it is missing. *topic:NAME* publishes the line at QoS 1. If the message cannot be saved, it stays unacknowledged and the exit status is 123. To send saved messages again, give the files to *tspub --json-lines -q 1* as standard input.',
  '--workers':
    'Run up to this many commands at once, 1 to 1000. Messages can then finish in any order, and acknowledgements wait for earlier ones. If a run is interrupted, the broker can send a message again that was already handled, so a command must be safe to repeat.',
  '--drain':
    'Exit when the broker has no more queued messages: with 0 if messages arrived, and with 28 if none did. After a pause (*--drain-quiet*) the broker receives a ping; if its response arrives before another message, the queue is empty. It is meant for a persistent session (*-c -i* _ID_); without one, only retained messages arrive. *-C* can end the run earlier, and *-W* with 27. Example: *tssub -c -i reports -q 1 -t reports --drain*.',
  '--drain-quiet':
    'Wait this many milliseconds without a message, 1 or more, before *--drain* sends its ping. The ping decides whether the queue is empty. A shorter pause ends the run sooner and can send more pings. It needs *--drain*.',
  '--strict-count':
    'If *-W*, *--drain* or a signal ends the run after some messages, but fewer than *-C*, the exit status is 29. If no message arrived, the status is the usual one, such as 27 or 28. It needs *-C*.',
} as const;
