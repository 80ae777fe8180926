"""Holds one child process, and takes it along when the supervisor is gone.

A script of its own (standard library only, started by path), because it must outlive the
supervisor by a moment: its standard input is a pipe from the supervisor, and the end of that pipe
means that the supervisor is gone, however it went. On Linux it adopts all descendants of the
child, so that nothing the child started can stay behind, whatever session it moved to.

    leash.py [--as UID:GID[:CAPABILITY]] [--stop SIGNAL] [--grace SECONDS] [--mark FILE] -- PROGRAM

SIGTERM asks the child to stop with SIGNAL; closing the pipe after that kills it at once. Closing
the pipe without it gives the child SECONDS first. The exit code is the child's (128 + signal).
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import select
import signal
import sys
import time
from typing import NoReturn

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_SET_CHILD_SUBREAPER = 1, 28, 36
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 38, 47, 2
NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CANNOT_START = 127


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library; a failure is an OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def prctl(option: int, value: int, third: int = 0) -> None:
    call("prctl", option, *(ctypes.c_ulong(argument) for argument in (value, third, 0, 0)))


def become(uid: int, gid: int, capability: int | None) -> None:
    """Stop being root for good, keeping at most one capability.

    The capability lets an unprivileged PostgreSQL pass through a home that only root may enter,
    without changing that home. The fix-up bit is for access(2), which forgets capabilities else.
    """
    if capability is not None:
        prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability is not None:
        only = 1 << capability
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        call("capset", header, (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0))
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
    if LINUX:
        prctl(PR_SET_NO_NEW_PRIVS, 1)


def start(program: list[str], identity: list[int]) -> int:
    """Start the child, bound to die with this process."""
    leash = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if identity:
            become(identity[0], identity[1], identity[2] if len(identity) > 2 else None)
        if LINUX:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == leash:
            os.execv(program[0], program)  # noqa: S606
    except OSError as error:
        os.write(2, f"FATAL: can't start {program[0]}: {error}\n".encode())
    os._exit(CANNOT_START)


def reap(child: int) -> int | None:
    """Bury the dead; return the child's exit code if it is among them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            ended = os.waitstatus_to_exitcode(status)
            code = ended if ended >= 0 else 128 - ended


def own_children() -> list[int]:
    """Return the processes whose parent is this one: the child, and the orphans it left."""
    children = []
    for name in os.listdir("/proc"):  # noqa: PTH208  (pathlib would double the start-up time)
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123
                if int(stat.read().rpartition(b")")[2].split()[1]) == os.getpid():
                    children.append(int(name))
    return children


def clear_away() -> None:
    """Kill every descendant. Each round, the orphans of the last one have become our children."""
    if not LINUX:
        os.killpg(0, signal.SIGKILL)
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            for child in own_children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.002)


def hold(child: int, stop: int, grace: float) -> int:
    """Wait until the child has ended, or make it end; return its exit code."""
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    asked: list[int] = []
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGHUP, lambda *_: None)
    watched, deadline, stopping = [0, awake], float("inf"), False
    while True:
        code = reap(child)
        if code is not None:
            return code
        if asked and not stopping:
            stopping = True
            os.kill(child, stop)
        if time.monotonic() >= deadline:
            return 128 + signal.SIGKILL
        wait = None if deadline == float("inf") else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select(watched, [], [], wait)
        if awake in ready:
            os.read(awake, 512)
        if 0 in ready and not os.read(0, 512):
            watched.remove(0)
            deadline = time.monotonic() + (0.0 if stopping else grace)
            if grace and not stopping:
                asked.append(0)


def hold_mark(path: str) -> None:
    """Share a lock for life: the next supervisor waits until the last leash has let go."""
    mark = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(mark, fcntl.LOCK_SH)


def main(arguments: list[str]) -> NoReturn:
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    if "--mark" in options:
        hold_mark(options["--mark"])
    identity = [int(part) for part in options.get("--as", "").split(":") if part]
    child = start(arguments[split + 1 :], identity)
    try:
        code = hold(child, int(options.get("--stop", "15")), float(options.get("--grace", "0")))
    finally:
        clear_away()
    sys.exit(code)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        sys.stderr.write(f"FATAL: {'the disk is full' if full else error}\n")
        sys.exit(1)
