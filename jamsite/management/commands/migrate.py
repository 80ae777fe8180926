"""`manage.py migrate`, which builds row-level security as well: no table is migrated without it."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from privacy.rls import install


class Command(migrate.Command):
    help = f"{migrate.Command.help} Builds row-level security from the rules."

    def handle(self, *args: Any, **options: Any) -> None:
        only_shown = options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        self._refuse_before_rooms(connection)
        if not only_shown and self._has_work(connection, options):
            # A column that a policy names can't be altered. Until the end, the web sees nothing.
            with connection.cursor() as cursor:
                install.take_down(cursor)
        super().handle(*args, **options)
        if not only_shown and not options["app_label"]:
            with connection.cursor() as cursor:
                if install.build(cursor) and options["verbosity"]:
                    self.stdout.write("Row-level security is built from the rules.")

    def _refuse_before_rooms(self, connection: Any) -> None:
        """Stop at a database of before the migrations were written anew: it would lose tables."""
        applied = MigrationLoader(connection).applied_migrations
        if ("accounts", "0016_children") in applied:
            raise CommandError(
                "This database was made before 2026-11-29, when the migrations were written anew, "
                "and can't be brought up to date. Begin with an empty one (another JAMSITE_DATA or "
                "DATABASE_URL); people's copies can be taken in there: manage.py import_account."
            )

    def _has_work(self, connection: Any, options: dict[str, Any]) -> bool:
        executor = MigrationExecutor(connection)
        if options["app_label"] or options["run_syncdb"]:
            return True
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
