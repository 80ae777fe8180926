"""`manage.py restore`: bring back a backup, without anybody who was erased since."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.backups import cleaning, restoring
from privacy.backups.cleaning import Decision
from privacy.backups.tools import Failed


class Command(BaseCommand):
    help = "Restores a backup beside the database, cleans it, and puts it in place."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", help="a name of `manage.py backup --list`")
        parser.add_argument("--identity", type=Path, help="file with the age secret key")
        parser.add_argument("--keep-old", action="store_true", help="keep what was there before")
        parser.add_argument("--clean", action="store_true", help="only clean this very database")
        parser.add_argument(
            "--accept-traces", action="store_true",
            help="finish although traces of erased people are left; needs --by and --because",
        )  # fmt: skip
        parser.add_argument("--by", default="", help="username of the staff member who decides")
        parser.add_argument("--because", default="", help="why, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        decision = _decision(options)
        try:
            if options["clean"]:
                self.stdout.write(cleaning.run(options["backup"] or "", decision))
                return
            if not options["backup"] or not options["identity"]:
                raise CommandError("Name a backup and the file of its key (--identity).")
            restoring.run(
                options["backup"],
                _key(options["identity"]),
                decision=decision,
                keep_old=options["keep_old"],
                say=self.stdout.write,
            )
        except Failed as error:
            raise CommandError(str(error)) from None


def _decision(options: dict[str, Any]) -> Decision | None:
    """Return who decides that traces may be left, and why; nothing when nobody does."""
    by, because = options["by"].strip(), options["because"].strip()
    if not options["accept_traces"]:
        return None
    if not by or not because:
        raise CommandError("--accept-traces needs --by USERNAME and --because TEXT.")
    return Decision(by, because)


def _key(path: Path) -> str:
    """Return the secret key of an age identity file, comments left out."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise CommandError(f"The key can't be read: {error.strerror}.") from None
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    if not keys:
        raise CommandError(f"{path} holds no age secret key.")
    return keys[0]
