"""`manage.py restore`: bring back a backup, without anybody who was erased since."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.backups import cleaning, restoring
from privacy.backups.tools import Failed


class Command(BaseCommand):
    help = "Restores a backup beside the database, cleans it, and puts it in place."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", help="a name of `manage.py backup --list`")
        parser.add_argument("--identity", type=Path, help="file with the age secret key")
        parser.add_argument("--keep-old", action="store_true", help="keep what was there before")
        parser.add_argument("--clean", action="store_true", help="only clean this very database")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["clean"]:
                self.stdout.write(cleaning.run())
                return
            if not options["backup"] or not options["identity"]:
                raise CommandError("Name a backup and the file of its key (--identity).")
            restoring.run(
                options["backup"],
                _key(options["identity"]),
                keep_old=options["keep_old"],
                say=self.stdout.write,
            )
        except Failed as error:
            raise CommandError(str(error)) from None


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
