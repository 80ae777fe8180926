"""`manage.py demo`: a world to look around in, on a developer's machine."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Load the demo world: people, sessions, recordings. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT_PAGES:
            raise CommandError("The demo world's password is public: not on this site.")
        from jamsite.demo import world

        world.load()
        self.stdout.write("\n".join(world.sign_ins()))
