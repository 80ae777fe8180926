"""Erases somebody over and over, and has itself killed (SIGKILL) at every distinct point.

Started by test_kill.py: `python -m tests.privacy.killed_everywhere <key>`. The
parent forks one child for a try. A point is a statement (told apart by its step and its first
words) or a file's deletion, before and after; the child kills itself at the first point where no
child died before, so that the tries end when one comes through without meeting a new one. Prints
where they were killed, one a line.
"""

import os
import signal
import sys
from typing import Any


def main(key: int) -> None:
    import django
    import psycopg_pool  # noqa: F401  # once here, or each child would load it

    django.setup()
    seen: list[str] = []
    while True:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            attempt(key, set(seen), writer)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            point = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            seen.append(point)
        elif os.WEXITSTATUS(status):
            sys.exit(1)
        else:
            break
    sys.stdout.write("".join(f"{point}\n" for point in seen))


def attempt(key: int, seen: set[str], writer: int) -> None:
    from django.core.files.storage import FileSystemStorage
    from django.db import connection, transaction

    from privacy import erasure
    from privacy.erasure import purging
    from privacy.models import Erasure

    Erasure.objects.filter(pk=key).update(leased_until=None)  # the lease of the killed one runs out
    step = ["start"]

    def die(point: str) -> None:
        name = f"{step[0]}: {point}"
        if name not in seen:
            os.write(writer, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def killer(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        die(" ".join(sql.split()[:3]).split(".")[0])
        return execute(sql, params, many, context)

    real_purge, real_delete = purging._purge, FileSystemStorage.delete

    def purge(row: Any, one: Any, user: Any, **more: Any) -> None:
        step[0] = one.name
        real_purge(row, one, user, **more)
        die("end")
        step[0] = "after the steps"

    def delete(self: Any, name: str) -> None:
        folder = name.split("/", maxsplit=1)[0]
        die(f"before the file in {folder}")
        real_delete(self, name)
        die(f"after the file in {folder}")

    purging._purge, FileSystemStorage.delete = purge, delete  # type: ignore[assignment,method-assign]
    try:
        with connection.execute_wrapper(killer):
            erasure.run(key)
        assert not transaction.get_connection().in_atomic_block
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
