/** The options of options/spool.ts in full sentences. */
export const SPOOL = {
  '--spool':
    'Keep it in DIR until delivered; later runs send it first. Exit status 0 then means delivered, or safely on the disk. Whatever keeps it from being sent now, it is kept: also wrong credentials and a certificate that is not good, which no later run can change by itself. So the reason is said on standard error each time, with what to do about it and how many wait; *--spool-status* makes it an exit status, and *--spool-max-age* has new messages refused when the oldest has waited for too long. When the disk is full or read-only, the message is sent without the spool, with a warning. At QoS 2 nothing comes twice, also after a kill, while the broker has the session, which it is asked to keep for a week (*-D* connect session-expiry-interval). With MQTT 5 the default of *-M* is 500, or what the broker allows. See *tsspool*(1).',
  '--flush':
    'Only send what waits in the spool. Without messages of its own. The exit status is 0 only when no message waits any more. Otherwise it is *--spool-status*, or without that option the status of the failure: 1 when nothing listens there, 5 (MQTT 5: 135) when the broker refuses the user name or password. It is 1 also while another process sends from the spool.',
  '--spool-status':
    'Exit status when it is kept and not yet delivered. Such as 75, which mail systems take for a failure that will pass.',
} as const;
