/** The options of options/spool.ts in full sentences. */
export const SPOOL = {
  '--spool':
    'Store each message in this directory first, then send it; messages of one topic stay in order. If a message cannot be sent, even because the login or the certificate fails, a later run sends it; the reason is printed each time. Exit status 0 means delivered or safely on disk; *--spool-status* separates the two. At QoS 2 nothing arrives twice while the broker keeps the session; with *-V 5*, *tspub* asks it to do so for a week. If the disk is full or read-only, the message is sent without the spool, with a warning; see *tsspool*(1).',
  '--flush':
    'Send only the messages that are queued in the spool (*--spool*), for example in a cron job of its own. The exit status is 0 only if the spool is empty afterwards. Otherwise it is that of *--spool-status* or of the failure, such as 1 for a refused connection. For a rejected login it is 4 or 5, or with *-V 5* usually 134 or 135. While another process sends from the spool, *tspub* prints a warning instead, and the status is 1 or that of *--spool-status*.',
  '--spool-status':
    'Exit with this status, 0 to 255, if a message of this run is stored but not delivered. With *--flush* it applies if any message remains. For example, *--spool-status 75* makes a mail system try again later.',
  '--spool-max-bytes':
    'Limit the message files in the spool to this many bytes, 1 or more. A message beyond the limit is not stored, a hint names the limit, and the exit status is 1. For a single message, *tspub* first tries to make room by sending the queued ones.',
  '--spool-max-count':
    'Limit the spool to this many messages, 1 or more. A message beyond the limit is not stored, a hint names the limit, and the exit status is 1. For a single message, *tspub* first tries to make room by sending the queued ones.',
  '--spool-max-age':
    'Store no new message if the oldest one in the spool has waited longer than this age. An age is a whole number and a unit (s, m, h, d or w), such as *2h*; the default unit is seconds. A permanent failure, such as an expired certificate, then causes exit status 1.',
} as const;
