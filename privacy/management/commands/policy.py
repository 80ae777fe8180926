"""`manage.py policy`: check that every clause is enforced by a test, print them, keep versions."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import policy
from privacy.policy import versions


class Command(BaseCommand):
    help = "Checks that every clause of the policy has a test, or prints clauses and tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail on a clause without a test")
        parser.add_argument("--json", action="store_true", help="print clauses, tests, uncovered")
        parser.add_argument(
            "--draft",
            nargs="?",
            const="",
            metavar="SUMMARY",
            help="write what the code says as the newest draft, and which tests stand behind it;"
            " a new draft needs a summary",
        )
        parser.add_argument(
            "--release",
            action="store_true",
            help="seal the newest draft: it is never written again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["draft"] is not None:
                policy.write_checks()
                self._say(versions.draft(options["draft"]))
            if options["release"]:
                self._say(versions.release())
        except ValueError as why:
            raise CommandError(str(why)) from None
        if options["json"]:
            self.stdout.write(json.dumps(policy.as_json(), indent=2))
        faults = policy.problems()
        if options["check"]:
            faults += versions.problems()
        if faults:
            raise CommandError("The policy doesn't hold:\n" + "\n".join(f"  {f}" for f in faults))
        if not options["json"]:
            about = policy.as_json()
            self.stdout.write(
                f"{len(about['clauses'])} clauses, each enforced by a test; "
                f"{len(about['uncovered'])} promises are not covered yet:"
            )
            self.stdout.write(" ".join(about["uncovered"]))

    def _say(self, version: versions.Version) -> None:
        self.stdout.write(f"Version {version.number} is written, as {version.state}.")
