"""Runs a job over and over, and has itself killed (SIGKILL) a little later each time.

Started by test_kill.py as a process of its own: `python -m tests.privacy.killed <what> <key>`. The
parent forks one child for a try; the child kills itself at its n-th statement, with n growing,
until one child comes to the end. Prints how many were killed.
"""

import os
import signal
import sys
from typing import Any

STEP = {"retention": 11}  # statements from one death to the next; 3 for others


def main(what: str, key: int) -> None:
    import django
    import psycopg_pool  # noqa: F401  # once here, or each child would load it

    django.setup()
    tries = 0
    while True:
        child = os.fork()
        if child == 0:
            attempt(what, key, last=4 + tries * STEP.get(what, 3))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            tries += 1
        elif os.WEXITSTATUS(status):
            sys.exit(1)
        else:
            break
    sys.stdout.write(f"{tries}\n")


def attempt(what: str, key: int, last: int) -> None:
    from django.db import connection, transaction

    from privacy import erasure
    from privacy.datamap import retention_job
    from privacy.models import Erasure, Export, NoticeFanOut, PolicyNoticeRun
    from privacy.notices import fan_out
    from privacy.policy import announcing
    from privacy.portability import export

    jobs: dict[str, tuple[Any, Any]] = {
        "erasure": (Erasure, erasure.run),
        "export": (Export, export.run),
        "fan_out": (NoticeFanOut, fan_out.run),
        "policy": (PolicyNoticeRun, announcing.run),
        "retention": (None, lambda key: retention_job.enforce()),
    }
    model, run = jobs[what]
    if model is not None:  # the lease of the killed one runs out
        model.objects.filter(pk=key).update(leased_until=None)
    left = last

    def killer(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(killer):
            run(key)
        assert not transaction.get_connection().in_atomic_block
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
