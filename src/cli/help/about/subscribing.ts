/** The options of options/subscribing.ts in full sentences. */
export const SUBSCRIBING = {
  '--ready':
    'Write a line to FILE when all subscriptions are granted. The line is *ready*, written once. The file appears complete: a script waits until it exists or *tssub* has exited. *tssub* removes the file when it exits, also by a signal, but after *kill -9* it stays: use *rm -f FILE* before the start of *tssub*. A file with other content is refused. If FILE is a named pipe, a reader gets the line, or end of file if *tssub* exits before it is ready; *tssub* does not wait for a reader. When the broker refuses a subscription, *tssub* exits with the reason code, as with *-E*.',
  '--ready-fd':
    'Write that line to this descriptor, then close it. From 3 on, and open for writing. *tssub* closes it after the line, as the readiness notification of s6 wants it. A reader that has gone is not an error.',
} as const;
