"""`manage.py up`: the whole site on this machine, services included, until Ctrl-C."""

import contextlib
import os
import signal
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand

from jamsite import collected
from jamsite.embedded import leash, ports, services
from jamsite.embedded.errors import StartError, folder_trouble
from jamsite.embedded.paths import PROJECT, data_dir, log_dir
from jamsite.embedded.site import STOP_ORDER, Place, behind, front, manage
from jamsite.embedded.supervisor import Child

PORT = 8000


class Stopped(BaseException):
    """Somebody asked to stop."""


class Command(BaseCommand):
    help = "Start PostgreSQL, Valkey, web, sockets, worker and scheduler; Ctrl-C stops them all."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--port", type=int, help="of pages; else 8000, or the next that is free"
        )
        parser.add_argument(
            "--socket-port", type=int, help="of sockets; else the next that is free"
        )
        parser.add_argument("--no-demo", action="store_true", help="don't load the demo world")
        parser.add_argument(
            "--services-only", action="store_true", help="only PostgreSQL and Valkey"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place = _place(options["host"], options["port"], options["socket_port"])
        _listen_for_stop()
        try:
            if options["services_only"]:
                self._keep_services()
            else:
                demo = settings.DEVELOPMENT_PAGES and not options["no_demo"]
                self._keep_site(place, demo=demo)
        except StartError as error:
            _fail(str(error))
        except OSError as error:
            _fail(str(folder_trouble(data_dir(), error)))
        except Stopped:
            self._say("Stopped. Everything is kept.")

    def _keep_services(self) -> None:
        with services.start(data_dir(), say=self._say) as running:
            self._say(
                "PostgreSQL and Valkey run; manage.py in another terminal finds them.\n"
                f"Logs: {log_dir(running.folder)}\nCtrl-C stops them."
            )
            self._wait()

    def _keep_site(self, place: Place, *, demo: bool) -> None:
        if missing := collected.faults():
            raise StartError(missing[0])
        ports.demand(place.host, place.port, "--port")
        ports.demand(place.host, place.socket_port, "--socket-port")
        begun = time.monotonic()
        running = services.start(data_dir(), say=self._say)
        try:
            environment = {
                **running.environment,
                **place.environment(os.environ),
                "JAMSITE_DATA": str(running.folder),
                "PYTHONUNBUFFERED": "1",
            }
            self._migrate(running, environment)
            sign_ins = self._demo(running, environment) if demo else ""
            # What visitors talk to doesn't know how the owner of the tables signs in.
            walled = {**environment, "DATABASE_URL": ""}
            running.supervisor.start(*front(place, walled), within=120)
            self._banner(place, running.folder, sign_ins, time.monotonic() - begun)
            running.supervisor.start(*behind(running.folder, environment))
            self._wait()
        finally:
            _stop_only_once()
            running.close(*STOP_ORDER)

    def _migrate(self, running: services.Services, environment: dict[str, str]) -> None:
        migrate = Child("migrate", manage("migrate", "--no-input"), environment, PROJECT)
        log = running.supervisor.log(migrate.name)
        start = log.size()
        self._say("Bringing the database up to date; the first time it takes a minute or two …")
        if running.supervisor.run(migrate) != 0:
            raise StartError(
                f"The database could not be brought up to date: {log.reason(start)} "
                f"(see {log.path})."
            )

    def _demo(self, running: services.Services, environment: dict[str, str]) -> str:
        """Load the demo world once; return the sign-ins it told of, also on later starts."""
        path = running.folder / "demo.txt"
        if not path.exists() and "demo" in get_commands():
            self._say("Loading the demo world …")
            demo = Child("demo", manage("demo", "--tell", str(path)), environment, PROJECT)
            log = running.supervisor.log(demo.name)
            start = log.size()
            if running.supervisor.run(demo) != 0:
                self._say(
                    f"The demo world could not be loaded: {log.reason(start)} (see {log.path})."
                )
                return ""
        return path.read_text() if path.exists() else ""

    def _banner(self, place: Place, folder: Path, sign_ins: str, seconds: float) -> None:
        strong = self.style.SUCCESS
        url = settings.SITE_URL if os.environ.get("SITE_URL") else place.url
        lines = ["", f"  {strong('Jamsite is playing')}   {url}/"]
        if settings.DEVELOPMENT_PAGES:
            lines.append(f"  {'Its mail':<19}  {url}/dev/mail/")
        lines.append(f"  {'Its logs':<19}  {log_dir(folder)}")
        if sign_ins.strip():
            lines += ["", *(f"  {line}" for line in sign_ins.strip().splitlines())]
        lines += ["", f"  Ready in {seconds:.1f} s. Ctrl-C stops everything.", ""]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may be gone; the site stays
            self.stdout.write(text)
            self.stdout.flush()

    def _wait(self) -> NoReturn:
        while True:
            signal.pause()


def _place(host: str, port: int | None, socket_port: int | None) -> Place:
    """Return where to listen: where it was said, else at the first free ports from 8000 on."""
    pages = port or ports.near(host, PORT, but=socket_port or 0)
    return Place(host, pages, socket_port or ports.near(host, pages + 1, but=pages))


def _listen_for_stop() -> None:
    def stop(*_: object) -> NoReturn:
        _stop_only_once()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means to stay
        signal.signal(signal.SIGHUP, stop)
    if os.environ.get("JAMSITE_UNDER_MAKE") and leash.LINUX:
        leash.prctl(leash.PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop_only_once() -> None:
    """From now on stopping is under way, and takes its few seconds."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
