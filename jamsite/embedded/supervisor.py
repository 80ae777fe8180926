"""Starts children, restarts the ones that die, and stops them in order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jamsite.embedded.errors import StartError, folder_trouble
from jamsite.embedded.logs import LogFile
from jamsite.embedded.paths import log_dir, run_dir

LEASH = Path(__file__).with_name("leash.py")
FIRST_DELAY, LONGEST_DELAY, HEALTHY_AFTER = 0.5, 30.0, 60.0
TICK, LOG_TICK = 0.1, 1.0
HARD_END = 2.0

Say = Callable[[str], None]


def silent(sentence: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Identity:
    """The unprivileged user a root supervisor runs a child as."""

    uid: int
    gid: int
    capability: int | None = None

    def __str__(self) -> str:
        parts = [self.uid, self.gid] + ([] if self.capability is None else [self.capability])
        return ":".join(str(part) for part in parts)


@dataclass(frozen=True)
class Child:
    """A program to keep running."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    identity: Identity | None = None
    stop: signal.Signals = signal.SIGTERM
    patience: float = 3.0  # seconds between asking it to stop and killing it
    grace: float = 0.0  # seconds it gets to stop when the supervisor is gone
    ready: Callable[[], bool] | None = None


class Kept:
    """A child under way: its process, its log, and when to start it again."""

    def __init__(self, child: Child, folder: Path) -> None:
        self.child = child
        self.folder = folder
        self.log = LogFile(log_dir(folder) / f"{child.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self.delay = FIRST_DELAY
        self.started = 0.0
        self.due = 0.0
        self.log_start = 0

    def launch(self) -> None:
        self.log.trim()
        self.log_start = self.log.size()
        with self.log.open() as output:
            self.process = subprocess.Popen(  # noqa: S603
                self._command(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self.child.cwd,
                env={**os.environ, **self.child.env},
                start_new_session=True,
            )
        self.started = time.monotonic()

    def _command(self) -> list[str]:
        child = self.child
        options = ["--stop", str(int(child.stop)), "--grace", str(child.grace)]
        options += ["--mark", str(run_dir(self.folder) / "leashes")]
        if child.identity:
            options += ["--as", str(child.identity)]
        return [sys.executable, "-I", "-S", str(LEASH), *options, "--", *child.argv]

    def code(self) -> int | None:
        """Return the exit code once the process has ended, and tidy up after it."""
        if self.process is None:
            return None
        code = self.process.poll()
        if code is not None and code < 0:
            # The leash itself was killed: what it held is still in its process group.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        return code

    def running(self) -> bool:
        return self.process is not None and self.code() is None

    def ask(self) -> None:
        if self.process is not None and self.running():
            self.process.terminate()

    def let_go(self) -> None:
        """Close the pipe: after `ask`, the leash kills what is left at once."""
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def end(self) -> None:
        """Make sure that nothing is left."""
        self.let_go()
        if self.process is not None:
            try:
                self.process.wait(HARD_END)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.code()
            self.process = None

    def reason(self) -> str:
        return self.log.reason(self.log_start)


class Supervisor:
    """Keeps children running until it is closed or killed; a thread of its own watches them."""

    def __init__(self, folder: Path, say: Say = silent) -> None:
        self.folder = folder
        self.say = say
        self._kept: dict[str, Kept] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._watch_all, name="supervisor", daemon=True)

    def start(self, *children: Child, within: float = 60.0, patience_note: str = "") -> None:
        """Start children, wait until all are ready, and keep them running from then on."""
        starting = [Kept(child, self.folder) for child in children]
        try:
            for kept in starting:
                kept.launch()
            for kept in starting:
                self._wait_until_ready(kept, within, patience_note)
                kept.log.skip()
        except OSError as error:
            _part_with(starting)
            raise folder_trouble(self.folder, error) from None
        except BaseException:
            _part_with(starting)
            raise
        with self._lock:
            self._kept.update({kept.child.name: kept for kept in starting})
        if not self._watch.is_alive():
            self._watch.start()

    def run(self, child: Child, *, within: float = 1800.0) -> int:
        """Run a program to its end, on a leash; return its exit code."""
        kept = Kept(child, self.folder)
        deadline = time.monotonic() + within
        try:
            kept.launch()
            while (code := kept.code()) is None:
                if time.monotonic() > deadline:
                    raise StartError(
                        f"{child.name} did not end in {within / 60:.0f} minutes (see "
                        f"{kept.log.path}). Start again: what is done stays done."
                    )
                time.sleep(0.01)
        except OSError as error:
            raise folder_trouble(self.folder, error) from None
        finally:
            kept.end()
        return code

    def stop(self, *names: str) -> None:
        """Stop some children together; return when they are gone."""
        with self._lock:
            leaving = [self._kept.pop(name) for name in names if name in self._kept]
        _part_with(leaving)

    def close(self, order: Iterable[Sequence[str]] = ()) -> None:
        """Stop everything: the groups in the given order, then the rest, the youngest first."""
        self._closing.set()
        if self._watch.is_alive():
            self._watch.join()
        for names in order:
            self.stop(*names)
        for name in reversed(list(self._kept)):
            self.stop(name)

    def pid(self, name: str) -> int:
        """Return the process id of a child's leash."""
        with self._lock:
            process = self._kept[name].process
        return process.pid if process else 0

    def log(self, name: str) -> LogFile:
        return LogFile(log_dir(self.folder) / f"{name}.log")

    def _wait_until_ready(self, kept: Kept, within: float, patience_note: str) -> None:
        child, begun = kept.child, time.monotonic()
        while child.ready is not None and not child.ready():
            if kept.code() is not None:
                raise StartError(could_not_start(kept))
            waited = time.monotonic() - begun
            if waited > within:
                raise StartError(
                    f"{child.name} was not ready within {within:.0f} s: see {kept.log.path}."
                )
            if patience_note and waited > 5:
                self.say(patience_note)
                patience_note = ""
            time.sleep(0.02)

    def _watch_all(self) -> None:
        next_look = time.monotonic() + LOG_TICK
        while not self._closing.wait(TICK):
            with self._lock:
                for kept in self._kept.values():
                    try:
                        self._look_after(kept)
                    except OSError as error:
                        self._postpone(kept, f"can't be started ({error.strerror})")
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + LOG_TICK
                self._report_errors()

    def _look_after(self, kept: Kept) -> None:
        if kept.process is None:
            if time.monotonic() >= kept.due:
                kept.launch()
        elif (code := kept.code()) is not None:
            self._postpone(kept, describe_end(code))
        elif time.monotonic() - kept.started > HEALTHY_AFTER:
            kept.delay = FIRST_DELAY

    def _postpone(self, kept: Kept, reason: str) -> None:
        kept.end()
        kept.due = time.monotonic() + kept.delay
        self.say(f"{kept.child.name} {reason}; it starts again in {kept.delay:g} s.")
        kept.delay = min(kept.delay * 2, LONGEST_DELAY)

    def _report_errors(self) -> None:
        with self._lock:
            everyone = list(self._kept.values())
        for kept in everyone:
            try:
                troubles = kept.log.new_troubles()
                kept.log.trim()
            except OSError:
                continue
            if troubles:
                errors = "an error" if troubles == 1 else f"{troubles} errors"
                self.say(f"{kept.child.name} logged {errors}: {kept.log.path}")


def could_not_start(kept: Kept) -> str:
    """Return the sentence for a child that ended before it was ready."""
    reason = kept.reason()
    if "No space left on device" in reason or "disk is full" in reason:
        return f"The disk that holds {kept.folder} is full: free some space and start again."
    because = f": {reason}" if reason else ""
    return f"{kept.child.name} could not start{because} (see {kept.log.path})."


def describe_end(code: int) -> str:
    number = -code if code < 0 else code - 128
    if number > 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(number).name}"
    return f"ended with code {code}"


def _part_with(leaving: Sequence[Kept]) -> None:
    """Ask all at once, give each its time, and leave nothing behind."""
    for kept in leaving:
        kept.ask()
    asked = time.monotonic()
    for kept in leaving:
        while kept.running() and time.monotonic() < asked + kept.child.patience:
            time.sleep(0.02)
        kept.end()
