"""Runs a command on a terminal of its own and types Ctrl-C when READY is shown. Arguments: READY, then the command.

Prints JSON: what the terminal was sent, the exit status as a shell reports it (null: it did not end by itself), and how
many processes of its session were left.
"""

import fcntl
import json
import os
import pty
import select
import signal
import sys
import termios
import time

LIMIT_S = 40
ready = sys.argv[1].encode()
master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.closerange(3, 50)
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(slave)

shown, typed, status = b"", False, None
until = time.monotonic() + LIMIT_S
while time.monotonic() < until:
    if select.select([master], [], [], 0.05)[0]:
        try:
            shown += os.read(master, 65536)
        except OSError:
            pass
    if not typed and ready in shown:
        os.write(master, b"\x03")
        typed = True
    done, raw_status = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(raw_status)
        break


def session(one):
    """The session of a process; None when it is gone, or waits for its parent only."""
    try:
        with open(f"/proc/{one}/stat", encoding="latin-1") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else int(fields[3])
    except OSError:
        return None


# Whoever got the signal too may need a moment more.
left = []
for _ in range(40):
    left = [one for one in os.listdir("/proc") if one.isdigit() and session(one) == pid]
    if not left:
        break
    time.sleep(0.05)
for one in left:
    os.kill(int(one), signal.SIGKILL)
print(json.dumps({
    "shown": shown.decode("utf-8", "replace"),
    "status": 128 - status if status is not None and status < 0 else status,
    "left": len(left),
}))
