"""`manage.py migrate` with a database that it can't bring up to date."""

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder


def test_a_database_of_before_the_rooms_is_refused_with_a_way_out(db: None) -> None:
    call_command("migrate", plan=True, verbosity=0)
    MigrationRecorder.Migration.objects.create(app="accounts", name="0016_children")
    with pytest.raises(CommandError, match=r"manage\.py import_account"):
        call_command("migrate", plan=True, verbosity=0)
