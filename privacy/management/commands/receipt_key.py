"""`manage.py receipt_key`: make a new key for signing receipts."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy.erasure import receipts


class Command(BaseCommand):
    help = "Prints a new key for RECEIPT_KEYS. Put it first; keep the older ones after it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"{timezone.now():%Y-%m}-{secrets.token_hex(2)}"
        self.stdout.write(f"{name}:{receipts.encoded(secrets.token_bytes(32))}")
