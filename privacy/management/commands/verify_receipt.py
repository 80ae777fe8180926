"""`manage.py verify_receipt FILE`: say whether a receipt is genuine."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.erasure import receipts


class Command(BaseCommand):
    help = "Verifies a receipt of an erasure against this site's keys, or against a file of keys."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the receipt, as it was handed out")
        parser.add_argument("--keys", type=Path, help="keys saved from /privacy/receipts/key")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = json.loads(options["file"].read_text())
            keys = (
                json.loads(options["keys"].read_text()) if options["keys"] else receipts.key_set()
            )
            statement = receipts.verify(document, keys)
        except (OSError, ValueError) as error:
            raise CommandError(f"Not readable: {error}") from None
        except receipts.NotGenuine as reason:
            raise CommandError(f"Not genuine. {reason}") from None
        self.stdout.write(f"Genuine: signed by {statement['site']} with key {statement['key']}.")
        for name in ("kind", "erasure", "requested_on", "erased_on", "backups_expire_on"):
            self.stdout.write(f"  {name}: {statement[name]}")
