"""Processes that begin warm: one has loaded what takes a second, and forks a child for each task.

`python -m tests.warm <module> …` imports the modules (`django` is set up as well), then reads a
line of JSON for each task, forks, and answers with how the child ended and what it wrote. A child
is a process of its own, with an environment of its own; it shares no connection with anybody.
"""

import contextlib
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path


class Warm:
    """The process that forks, and what it is asked: close it at the end."""

    def __init__(self, *modules: str, environment: dict[str, str], folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", *modules], cwd=folder, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(
        self, *command: str, environment: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Do as `python -m <module> <argument> …` or `python -c <program>` does; return its end.

        `environment`: what the child sees instead of the process's own.
        """
        assert self.process.stdin
        assert self.process.stdout
        task = json.dumps({"command": command, "environment": environment})
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        code, out, err = json.loads(self.process.stdout.readline())
        return subprocess.CompletedProcess(command, code, out, err)

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.communicate(timeout=20)


def main(modules: list[str]) -> None:
    for name in modules:
        importlib.import_module(name)
    if "django" in modules:
        import django

        django.setup()
    for line in sys.stdin:
        task = json.loads(line)
        answer = json.dumps(forked(task["command"], task["environment"]))
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


def forked(command: list[str], environment: dict[str, str] | None) -> tuple[int, str, str]:
    """Run a command in a child; return its code, as `subprocess` gives it, and what it wrote."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(done(command, environment))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
        return code, texts[0], texts[1]


def done(command: list[str], environment: dict[str, str] | None) -> int:
    """Be the program of a command; return the code that the process ends with."""
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    how, what, *arguments = command
    try:
        if how == "-c":
            exec(what, {"__name__": "__main__"})
        else:
            sys.argv = [what, *arguments]
            runpy.run_module(what, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main(sys.argv[1:])
