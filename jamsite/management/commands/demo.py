"""`manage.py demo`: a world to look around in, on a developer's machine."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Load the demo world: people, sessions, recordings. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tell", type=Path, help="file to write the sign-ins to")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT_PAGES:
            raise CommandError("The demo world's password is public: not on this site.")
        from jamsite.demo import world  # noqa: PLC0415  (sound libraries)

        world.load()
        sign_ins = "\n".join(world.sign_ins())
        if options["tell"]:  # what else is written here may be a line of the log
            options["tell"].touch(mode=0o600)
            options["tell"].write_text(sign_ins)
        else:
            self.stdout.write(sign_ins)
