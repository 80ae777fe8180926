"""`manage.py rls`: compare row-level security with the rules, build it, or print its SQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from privacy.rls import install


class Command(BaseCommand):
    help = "Compares row-level security in the database with what the visibility rules ask for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="build what is missing or differs")
        parser.add_argument("--check", action="store_true", help="fail on a difference")
        parser.add_argument("--sql", action="store_true", help="print the SQL that builds it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sql"]:
            self.stdout.write(";\n".join(install.statements()) + ";")
            return
        with connection.cursor() as cursor:
            if options["apply"]:
                changed = install.build(cursor)
                said = "is built." if changed else "stood already."
                self.stdout.write(f"Row-level security {said}")
            faults = install.problems(cursor)
        if faults:
            listed = "\n  ".join(faults)
            raise CommandError(f"Row-level security isn't what the rules ask for:\n  {listed}")
        count = len(install.wanted())
        self.stdout.write(f"Row-level security stands as the rules ask: {count} policies.")
