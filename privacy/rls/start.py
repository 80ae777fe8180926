"""A server of pages or sockets doesn't start unless row-level security holds it."""

import sys

from django.conf import settings
from django.db import connection

from privacy.rls import install


def demand() -> None:
    """End this process, with a sentence for each reason, when its role could see everything."""
    with connection.cursor() as cursor:
        cursor.execute("select session_user")
        (role,) = cursor.fetchone()
        faults = install.problems(cursor)
        if role != settings.WEB_ROLE:
            faults += install.faults_of(cursor, role)
    connection.close()
    if faults:
        sys.stderr.write("Jamsite's pages don't start: row-level security doesn't hold them.\n")
        sys.stderr.writelines(f"  - {fault}\n" for fault in faults)
        sys.stderr.write("`manage.py migrate` builds row-level security.\n")
        raise SystemExit(78)  # EX_CONFIG
