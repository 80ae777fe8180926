"""`manage.py data_map`: check the map, or print it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import datamap
from privacy.datamap import purpose_limitation


class Command(BaseCommand):
    help = "Checks that every field of every model and every store is declared, or prints the map."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="fail when something is undeclared"
        )
        parser.add_argument("--json", action="store_true", help="print the whole map as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(datamap.as_json(), indent=2))
        holes = datamap.problems() + purpose_limitation.problems()
        if holes:
            raise CommandError(
                "The data map has holes:\n" + "\n".join(f"  {fault}" for fault in holes)
            )
        if not options["json"]:
            models, stores = len(datamap.held()), len(datamap.stores())
            self.stdout.write(f"The data map is complete: {models} models, {stores} stores.")
