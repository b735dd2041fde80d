/** The options of options/output.ts in full sentences; -0 is in publishing.ts. */

const COLOR =
  'When to print in color: *auto*, *always* or *never*. *auto* means on a terminal, unless NO_COLOR is set or TERM is dumb. FORCE_COLOR, if not 0 or false, turns color on everywhere.';

export const OUTPUT = {
  '-v': 'Print the topic and a space before the payload. An empty payload is printed as *(null)*; with *-N* such a message prints nothing. With *-F* the option has no effect: use *%t* there.',
  '-N': 'Print no newline after a message, so that the output is the payload alone. *-N* cannot be used with *-0*. Use it to write a binary payload to a file.',
  '-F': "Print each message in _FORMAT_, followed by a newline. *%t* is the topic, *%p* the payload, *%I* the date and time, and *%j* the whole message as a line of JSON. FORMATS lists all letters. *-N* and *-0* change the end of the line. Example: *-F '%I %t %p'*.",
  '--pretty':
    'With *-F %j* or *-F %J*: indent the JSON, over several lines. For programs that read a line for each message, leave it out.',
  '-w': 'Show a screen with one row for each topic and its latest value, or what *-F* makes of the message. Rows are cut to the width of the terminal, and the last row counts topics that do not fit. Lines of *-d* go to standard error. In a pipe or a file the output is that of *mosquitto_sub*. *-w* cannot be used with *--exec*.',
  '--message-rate':
    'Print one line each second with the number of messages received, such as *12 msgs/s*, and no message. The messages are acknowledged. *-C* and *-w* have no effect with it, and it cannot be used with *--exec*.',
  '--raw':
    'Print control characters on a terminal as they are. Without it, a terminal shows *\\u001b* for control and invisible characters and for those that change the direction of text. Bytes that are not UTF-8 are shown as *\\xff*. Newlines and tabs in payloads are printed as they are. Pipes, files, *-F*, *-N* and *-0* always get every byte. Use *--raw* only for messages that you trust.',
  '--color': {
    pub: `${COLOR} Errors and lines of *-d* are colored.`,
    sub: `${COLOR} Errors, lines of *-d* and topics of *-v* are colored; payloads and output of *-F* are not.`,
    rr: `${COLOR} Errors, lines of *-d* and topics of *-v* are colored; payloads and output of *-F* are not.`,
  },
  '-d': 'Print a line for each packet sent and received, in the words of the Mosquitto clients. The lines go to standard output. Use it to see MQTT 5 reason codes and packet identifiers. To find out why a connection fails, use *--explain*.',
  '--quiet':
    'Print no errors, warnings or hints while running. Errors on the command line are still printed. The exit status is the same, so a script can test it.',
} as const;
