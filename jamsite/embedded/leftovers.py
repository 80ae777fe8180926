"""What a server that was killed leaves behind."""

import contextlib
import signal
from pathlib import Path

import psutil

LONGEST_GOODBYE = 5.0


def clear_stale_server(cluster: Path, socket_folder: Path) -> None:
    """Remove the pid file and socket of a server that is gone.

    Called while the data folder is locked, so a server still alive in this cluster is an orphan of
    ours and is stopped first. PostgreSQL alone would trust the pid file whenever the number has
    been given to any other process of the same user.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        pid = 0
    if pid:
        _stop_if_server_of(pid, cluster)
        pid_file.unlink(missing_ok=True)
    remove_sockets(socket_folder)


def remove_sockets(folder: Path) -> None:
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (folder / name).unlink(missing_ok=True)


def _stop_if_server_of(pid: int, cluster: Path) -> None:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        if process.name() != "postgres" or Path(process.cwd()) != cluster.resolve():
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(LONGEST_GOODBYE)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(LONGEST_GOODBYE)
