"""The supervisor with small scripts for children: what it restarts, and what it leaves behind."""

import os
import signal
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from jamsite.embedded.errors import StartError
from jamsite.embedded.paths import prepare
from jamsite.embedded.supervisor import Child, Supervisor
from tests.up.processes import eventually, marked, start

# Writes its pid, then sleeps; with a grandchild that moved to a session of its own and is deaf.
BEARS_A_GRANDCHILD = """
import os, signal, sys, time
from pathlib import Path
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(sys.argv[1] + ".grandchild").write_text(str(os.getpid()))
    time.sleep(600)
Path(sys.argv[1] + ".new").write_text(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""

DEAF = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).write_text("deaf")
time.sleep(600)
"""

KEEPER = """
import sys, time
from pathlib import Path
from jamsite.embedded.paths import prepare
from jamsite.embedded.supervisor import Child, Supervisor
folder = Path(sys.argv[1])
prepare(folder)
supervisor = Supervisor(folder)
supervisor.start(Child("child", [sys.executable, "-c", sys.argv[2], str(folder / "pid")]))
time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    prepare(folder)
    return folder


@pytest.fixture
def said() -> list[str]:
    """What the supervisor told the terminal."""
    return []


@pytest.fixture
def supervisor(folder, said):
    supervisor = Supervisor(folder, said.append)
    yield supervisor
    supervisor.close()


def script(text: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(text), *(str(one) for one in arguments)]


def family(folder: Path) -> Child:
    pid_file = folder / "pid"
    return Child("family", script(BEARS_A_GRANDCHILD, pid_file), ready=pid_file.exists)


def pids(folder: Path) -> tuple[int, int]:
    grandchild = folder / "pid.grandchild"
    eventually(lambda: grandchild.exists() and grandchild.read_text(), "a grandchild")
    return int((folder / "pid").read_text()), int(grandchild.read_text())


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_stopping_leaves_nothing_of_a_child_that_scattered(supervisor, folder):
    supervisor.start(family(folder))
    child, grandchild = pids(folder)
    assert alive(child) and alive(grandchild)
    supervisor.stop("family")
    assert not alive(child) and not alive(grandchild)


def test_a_killed_child_comes_back_and_its_orphans_do_not_stay(supervisor, folder, said):
    supervisor.start(family(folder))
    first, orphan = pids(folder)
    (folder / "pid").unlink()
    os.kill(first, signal.SIGKILL)
    eventually((folder / "pid").exists, "a second child")
    eventually(lambda: not alive(orphan), "the end of the orphan")
    assert int((folder / "pid").read_text()) != first
    assert said == ["family was ended by SIGKILL; it starts again in 0.5 s."]


def test_a_killed_leash_takes_its_child_along_and_both_come_back(supervisor, folder):
    supervisor.start(family(folder))
    first, _ = pids(folder)
    (folder / "pid").unlink()
    os.kill(supervisor.pid("family"), signal.SIGKILL)
    eventually((folder / "pid").exists, "a second child")
    assert not alive(first)


def test_the_wait_doubles_while_a_child_keeps_dying(supervisor, folder, said):
    supervisor.start(Child("brief", script("raise SystemExit(3)")))
    eventually(lambda: len(said) >= 3, "three ends")
    waits = [sentence.split(" in ")[1] for sentence in said[:3]]
    assert waits == ["0.5 s.", "1 s.", "2 s."]
    assert "ended with code 3" in said[0]


def test_a_deaf_child_is_killed_when_patience_ends(supervisor, folder):
    before = set(psutil.Process().children(recursive=True))  # of other tests in this process
    heard = folder / "deaf"
    supervisor.start(Child("deaf", script(DEAF, heard), patience=0.3, ready=heard.exists))
    begun = time.monotonic()
    supervisor.stop("deaf")
    assert 0.3 <= time.monotonic() - begun < 3
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_child_that_ends_before_it_is_ready_is_one_sentence_with_its_reason(supervisor):
    failing = Child("web", script("raise ValueError('no such string')"), ready=lambda: False)
    with pytest.raises(StartError, match=r"^web could not start: ValueError: no such string \(see"):
        supervisor.start(failing)


def test_a_missing_program_is_one_sentence(supervisor):
    with pytest.raises(StartError, match="can't start /no/such/program: "):
        supervisor.start(Child("web", ["/no/such/program"], ready=lambda: False))


def test_errors_in_a_log_are_counted_on_the_terminal_and_not_quoted(supervisor, folder, said):
    talk = (
        "import time; time.sleep(0.2); print('ERROR alice@example.org', flush=True); time.sleep(9)"
    )
    supervisor.start(Child("talker", script(talk)))
    eventually(lambda: said, "a word about the error")
    assert said == [f"talker logged an error: {folder}/log/talker.log"]


def test_a_log_is_closed_to_others_and_bounded(supervisor, folder, monkeypatch):
    monkeypatch.setattr("jamsite.embedded.logs.LIMIT", 10_000)
    talk = "import time\nwhile True: print('x' * 99, flush=True); time.sleep(0.0005)"
    supervisor.start(Child("talker", script(talk)))
    log, older = folder / "log/talker.log", folder / "log/talker.log.1"
    eventually(older.exists, "an older log")
    assert log.stat().st_mode & 0o777 == 0o600
    assert older.stat().st_mode & 0o077 == 0


def test_a_supervisor_killed_hard_leaves_nothing_running(tmp_path):
    mark = str(tmp_path)
    folder = tmp_path / "data"
    keeper = start(KEEPER, str(folder), BEARS_A_GRANDCHILD, mark=mark)
    try:
        eventually((folder / "pid.grandchild").exists, "a family")
        eventually(lambda: len(marked(mark)) == 4, "keeper, leash, child and grandchild")
    finally:
        keeper.kill()
        keeper.communicate()
    eventually(lambda: not marked(mark), "the end of all", within=5)
