"""Runs a program on a terminal of its own. Arguments: a JSON script, then the command.

The script is a list of [wanted, keys]: when the text wanted has appeared, the keys are typed; keys "signal:N" are sent to
the process instead, "touch:PATH" makes that file, "size:ROWSxCOLUMNS" gives the terminal another size. Prints JSON: what the terminal showed, the exit status, and whether echo and line editing are on
before, meanwhile (at the first wanted text) and after.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

script = json.loads(sys.argv[1])
LIMIT_S = 60
# Behind everything that the program has written.
END = b"\0the end\0"


def state(fd):
    flags = termios.tcgetattr(fd)[3]
    return {"echo": bool(flags & termios.ECHO), "canonical": bool(flags & termios.ICANON)}


# Kept open, so that the settings of the terminal can be read when the program is gone.
master, slave = pty.openpty()
before = state(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.closerange(3, 50)
    if os.environ.get("PTY_STDOUT"):
        os.dup2(os.open(os.environ["PTY_STDOUT"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
at = 0
meanwhile = None
until = time.time() + LIMIT_S
status = None
while time.time() < until:
    ready, _, _ = select.select([master], [], [], 0.05)
    if ready:
        shown += os.read(master, 65536)
    if script and shown.find(script[0][0].encode(), at) >= 0:
        wanted, keys = script.pop(0)
        at = shown.find(wanted.encode(), at) + len(wanted.encode())
        if meanwhile is None:
            time.sleep(0.1)
            meanwhile = state(slave)
        if keys.startswith("signal:"):
            os.kill(pid, int(keys[7:]))
        elif keys.startswith("size:"):
            rows, columns = map(int, keys[5:].split("x"))
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        elif keys.startswith("touch:"):
            open(keys[6:], "w").close()
        else:
            os.write(master, keys.encode())
    if status is None:
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            status = code
            os.write(slave, END)
    elif shown.endswith(END):
        shown = shown[: -len(END)]
        break
else:
    os.kill(pid, signal.SIGKILL)

def as_shell(code):
    """As a shell reports the end by a signal."""
    return 128 - code if code < 0 else code


result = {
    "shown": shown.decode("utf8", "replace"),
    "status": None if status is None else as_shell(os.waitstatus_to_exitcode(status)),
    "before": before,
    "meanwhile": meanwhile,
    "after": state(slave),
}
print(json.dumps(result))
