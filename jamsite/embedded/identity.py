"""Whom PostgreSQL runs as when root starts Jamsite: PostgreSQL refuses to be root.

It gets a user id that belongs to nobody, so no account is made and no stranger's process may touch
the data. Folders above the data folder keep their modes; where they are closed to that user (a home
that only root may enter) the process keeps the one capability that lets it pass.
"""

import contextlib
import hashlib
import os
import pwd
import stat
from pathlib import Path

from jamsite.embedded.errors import StartError
from jamsite.embedded.supervisor import Child, Identity, Supervisor

FREE_IDS = range(61184, 65520)  # the range systemd keeps for users that come and go
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def server_identity(cluster: Path) -> Identity | None:
    """Return whom to run the server as: nobody else (None) unless this is root."""
    if os.geteuid() != 0:
        return None
    for folder in (cluster, cluster.parent):
        with contextlib.suppress(FileNotFoundError):
            owner = folder.stat()
            if owner.st_uid != 0:
                return Identity(owner.st_uid, owner.st_gid)
    number = _free_id(str(cluster))
    return Identity(number, number)


def account_for_initdb() -> Identity:
    """Return a user that has a name: initdb asks for one (its files are given away after)."""
    candidates = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    candidates.sort(key=lambda entry: entry.pw_name != "nobody")
    if not candidates:
        raise StartError(
            "PostgreSQL can't run as root and this machine has no other user: "
            "start Jamsite as an ordinary user."
        )
    return Identity(candidates[0].pw_uid, candidates[0].pw_gid)


def open_the_way(identity: Identity, data_folder: Path) -> None:
    """Let the server's group pass through the data folder, if it is one of ours (0700 or 0710)."""
    status = data_folder.stat()
    if status.st_uid == 0 and stat.S_IMODE(status.st_mode) in {0o700, 0o710}:
        os.chown(data_folder, -1, identity.gid)
        data_folder.chmod(0o710)


def fit(identity: Identity, program: Path, folder: Path, supervisor: Supervisor) -> Identity:
    """Return the identity with the least capability that reaches the program and the folder."""
    beside = program.parent.parent / "share" / "postgresql" / "postgres.bki"
    look = 'cd "$1" && : < "$2" && exec "$3" --version'
    argv = ["/bin/sh", "-c", look, "sh", str(folder), str(beside), str(program)]
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        candidate = Identity(identity.uid, identity.gid, capability)
        if supervisor.run(Child("probe", argv, identity=candidate)) == 0:
            return candidate
    raise StartError(
        f"PostgreSQL can't run as root, and user id {identity.uid} can't reach {folder}: "
        "start Jamsite as an ordinary user, or put the project where others may enter."
    )


def _free_id(seed: str) -> int:
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    for step in range(len(FREE_IDS)):
        number = FREE_IDS[(start + step) % len(FREE_IDS)]
        try:
            pwd.getpwuid(number)
        except KeyError:
            return number
    return FREE_IDS[0]
