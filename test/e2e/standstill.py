"""Runs a program whose terminals and pipes stand still when the script says so. Arguments: JSON, then the command.

The JSON has `streams`, what standard input, output and error are, and `steps`, a list of [wanted, actions]. Streams:
"tty", the terminal of the session, is read all the time; "still", a second terminal, and "pipe" and "socket" are not read before the
action "read"; anything else is a file. Wanted: a text that the terminal has shown, "file:PATH" that exists, or "idle", when
the program has done nothing for a while. Actions:
"type:KEYS", "signal:N", "touch:PATH", "stop" and "go" (what Ctrl-S and Ctrl-Q do to both terminals), "read", "sleep:SECONDS".
TTY_USER=NUMBER runs the program as that user, to whom the terminals do not belong.
Prints JSON: what each stream got, the exit status (null when it did not end by itself), and whether the terminal of the
session was left non-blocking or without echo.
"""

import fcntl
import json
import os
import pty
import select
import signal
import socket
import sys
import termios
import time

plan = json.loads(sys.argv[1])
steps = plan["steps"]
# Seconds that the program has for each step, and for its end.
LIMIT_S = plan.get("limit", 25)

terminals = {"tty": pty.openpty(), "still": pty.openpty()}
pipe = os.pipe()
ours, theirs = socket.socketpair()
ENDS = {"tty": terminals["tty"][1], "still": terminals["still"][1], "pipe": pipe[1], "socket": theirs.fileno()}
SOURCES = {"tty": terminals["tty"][0], "still": terminals["still"][0], "pipe": pipe[0], "socket": ours.fileno()}
got = {name: b"" for name in SOURCES}
reading = {"tty"}

pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(terminals["tty"][1], termios.TIOCSCTTY, 0)
    for fd, name in enumerate(plan["streams"]):
        end = ENDS.get(name)
        os.dup2(os.open(name, os.O_RDWR) if end is None else end, fd)
    os.closerange(3, 50)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if os.environ.get("TTY_USER"):
        os.setgroups([])
        os.setuid(int(os.environ["TTY_USER"]))
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(pipe[1])
theirs.close()


def act(action):
    kind, _, value = action.partition(":")
    if kind == "type":
        os.write(terminals["tty"][0], value.encode())
    elif kind == "signal":
        os.kill(pid, int(value))
    elif kind == "touch":
        open(value, "w").close()
    elif kind in ("stop", "go"):
        for _, slave in terminals.values():
            termios.tcflow(slave, termios.TCOOFF if kind == "stop" else termios.TCOON)
    elif kind == "read":
        reading.update(SOURCES)
    elif kind == "sleep":
        time.sleep(float(value))
    else:
        raise ValueError(action)


def take(wait):
    """Reads what there is; whether there was anything."""
    ready, _, _ = select.select([SOURCES[name] for name in reading], [], [], wait)
    some = False
    for name in list(reading):
        if SOURCES[name] in ready:
            try:
                part = os.read(SOURCES[name], 65536)
            except OSError:
                part = b""
            got[name] += part
            some = some or part != b""
            if part == b"":
                reading.discard(name)
    return some


# How often in a row the program slept, and its processor time so far.
sleeping = 0
worked = 0


def idle():
    """Whether it worked, and slept whenever it was looked at since: a busy machine does not count as sleep."""
    global sleeping, worked
    with open(f"/proc/{pid}/stat", encoding="latin1") as stat:
        fields = stat.read().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    sleeping = sleeping + 1 if fields[0] == "S" and ticks == worked > 0 else 0
    worked = ticks
    return sleeping > 40


def reached(wanted):
    if wanted == "idle":
        return idle()
    return os.path.exists(wanted[5:]) if wanted.startswith("file:") else wanted.encode() in got["tty"]


status = None
until = time.time() + LIMIT_S
while time.time() < until and status is None:
    take(0.02)
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = code
    elif steps and reached(steps[0][0]):
        for action in steps.pop(0)[1:]:
            act(action)
        until = time.time() + LIMIT_S
if status is None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
slave = terminals["tty"][1]
left = {
    "nonBlocking": bool(fcntl.fcntl(slave, fcntl.F_GETFL) & os.O_NONBLOCK),
    "echo": bool(termios.tcgetattr(slave)[3] & termios.ECHO),
}
act("go")
reading.update(SOURCES)
while take(0.3):
    pass
texts = {name: text.decode("utf8", "replace") for name, text in got.items()}
code = None if status is None else os.waitstatus_to_exitcode(status)
# As a shell reports the end by a signal.
ended = 128 - code if code is not None and code < 0 else code
print(json.dumps({**texts, "status": ended, "stepsLeft": len(steps), **left}))
