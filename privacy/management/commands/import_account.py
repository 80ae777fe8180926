"""`manage.py import_account`: bring a person's copy in from another installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from privacy import datamap
from privacy.portability.importing import Archive, Refused, Unfit, files, take_in
from privacy.portability.importing.run import Incoming, not_brought


class _Undone(Exception):
    """Ends a dry run."""


class Command(BaseCommand):
    help = "Makes an account from a copy (zip) that a person took from another installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, help="the zip file")
        parser.add_argument("--username", default="", help="another username than in the archive")
        parser.add_argument("--email", default="", help="another address than in the archive")
        parser.add_argument("--dry-run", action="store_true", help="check all, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Archive(options["archive"]) as archive:
                self._take_in(archive, options)
        except (Unfit, Refused) as fault:
            raise CommandError(str(fault)) from None

    def _take_in(self, archive: Archive, options: dict[str, Any]) -> None:
        wanted = {key: options[key] for key in ("username", "email")}
        if not options["dry_run"]:
            self._tell(take_in(archive, **wanted), dry=False)
            return
        try:
            with transaction.atomic(), files.undone():
                self._tell(take_in(archive, **wanted), dry=True)
                raise _Undone
        except _Undone:
            self.stdout.write("This was a dry run: nothing was kept.")

    def _tell(self, incoming: Incoming, *, dry: bool) -> None:
        labels = {item.name: str(item.label) for item in datamap.held()}
        for name, result in incoming.results.items():
            if result.made or result.there or result.skipped:
                self.stdout.write(f"{labels[name]}: {result.made} new, {result.there} there")
            for why, count in result.skipped.items():
                self.stdout.write(f"  {count} left out: {why}")
        for name, count in not_brought(incoming).items():
            self.stdout.write(f"Stays in the archive: {count} × {labels.get(name, name)}")
        if not dry:
            self.stdout.write(
                f"The account is {incoming.user.username}. It has no password, and its address is "
                "not confirmed: its person asks for a new password with the address, "
                "and confirms it at the first sign-in."
            )
