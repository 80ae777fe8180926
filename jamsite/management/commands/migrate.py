"""`manage.py migrate`, which builds the wall as well: no table is migrated without it."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from privacy.wall import install


class Command(migrate.Command):
    help = f"{migrate.Command.help} Builds the wall (row-level security) from the rules."

    def handle(self, *args: Any, **options: Any) -> None:
        only_shown = options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        if not only_shown and self._has_work(connection, options):
            # A column that a policy names can't be altered. Until the end, the web sees nothing.
            with connection.cursor() as cursor:
                install.take_down(cursor)
        super().handle(*args, **options)
        if not only_shown and not options["app_label"]:
            with connection.cursor() as cursor:
                if install.build(cursor) and options["verbosity"]:
                    self.stdout.write("The wall is built from the rules.")

    def _has_work(self, connection: Any, options: dict[str, Any]) -> bool:
        executor = MigrationExecutor(connection)
        if options["app_label"] or options["run_syncdb"]:
            return True
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
