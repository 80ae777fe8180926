"""Makes one copy with small parts, and dies (SIGKILL) once some parts are whole.

Started by test_kill.py as a process of its own: `python -m tests.privacy.killed_parts <key> <n>`.
"""

import os
import signal
import sys


def main(key: int, last: int) -> None:
    import django

    django.setup()
    from privacy.models import Export
    from privacy.portability import export
    from privacy.portability.export import parts

    Export.objects.filter(pk=key).update(leased_until=None)
    parts.BATCH = 2
    put, left = parts.Folder._put, last

    def put_and_die(*args: object) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        put(*args)  # type: ignore[arg-type]

    parts.Folder._put = put_and_die  # type: ignore[method-assign,assignment]
    export.run(key)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
