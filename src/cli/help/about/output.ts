/** The options of options/output.ts in full sentences. */
export const OUTPUT = {
  '-F': "Print messages in this format, such as '%I %t %p'. See FORMATS.",
  '-w': 'Give each topic a line of its own on the terminal. On a terminal each row has the topic and its latest value, or what *-F* makes of the message. Rows are cut to the width, and the last one counts the topics for which there is no row. In a pipe or a file the output is that of *mosquitto_sub*.',
  '--raw':
    'Print control characters as they are, also on a terminal. Without it, control characters, characters that are invisible or change the direction of text, and bytes that are not UTF-8 are printed to a terminal as *\\u001b* and *\\xff*. Newlines and tabs in payloads are kept. Pipes, files, *-F*, *-N* and *-0* always get every byte as it is.',
  '--quiet': 'Print no errors while running. The exit status is the same.',
  '-d': 'Print a line for each packet. On standard output, in the words of the Mosquitto clients.',
} as const;
