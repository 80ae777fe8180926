"""`manage.py backup`: make a backup, list them, let the old ones go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.backups import catalogue, making
from privacy.backups.models import Backup
from privacy.backups.tools import Failed


class Command(BaseCommand):
    help = "Makes an encrypted backup of database and media, or lists and expires them."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--list", action="store_true", help="list the backups that there are")
        group.add_argument("--expire", action="store_true", help="delete what is over its time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for entry in catalogue.entries():
                self.stdout.write(
                    f"{entry['file']}  taken {entry['taken_at'][:19]}  until "
                    f"{entry['expires_at'][:10]}  {entry['size'] / 1e6:.1f} MB  "
                    f"{entry['media_files']} files"
                )
            return
        if options["expire"]:
            self.stdout.write(f"{catalogue.expire()} backups deleted.")
            return
        made = Backup.objects.create()
        try:
            making.run(made.pk)
        except Failed as error:
            raise CommandError(str(error)) from None
        made.refresh_from_db()
        self.stdout.write(
            f"{made.file}: {made.size / 1e6:.1f} MB, {made.media_files} files, "
            f"{made.missing} deleted meanwhile."
        )
