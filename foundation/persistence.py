"""What Valkey writes to its disk: a log of every change, in which deleted values go on standing.

Nothing is lost by writing it anew (Valkey does so by itself when it has grown), and then it holds
what is there now and nothing else. See docs/operations.md.
"""

import time
from typing import Any

import redis
from django.conf import settings

PATIENCE = 120.0  # seconds
PAUSE = 0.05


class NotRewritten(Exception):
    """Valkey did not write its log anew, so that deleted values may still stand in it."""


def rewrite() -> bool:
    """Have Valkey write anew what it keeps on disk, and wait for it; False when it keeps nothing.

    Raises NotRewritten when it doesn't get done. A service that allows no such command keeps no log
    that we could end: say VALKEY_REWRITE=off once its operator ends it within a day.
    """
    if not settings.VALKEY_REWRITE:
        return False
    client: Any = redis.from_url(settings.REDIS_URL, decode_responses=True)
    with client:
        try:
            about = client.info("persistence")
            log, image = bool(about["aof_enabled"]), bool(_saves(client))
            if log:
                _whole(client, "aof_rewrite_in_progress", client.bgrewriteaof)
                _check(client, "aof_last_bgrewrite_status")
            if image:
                _whole(client, "rdb_bgsave_in_progress", client.bgsave)
                _check(client, "rdb_last_bgsave_status")
        except redis.ResponseError as refusal:
            raise NotRewritten(f"Valkey refuses: {refusal}. See VALKEY_REWRITE.") from None
    return log or image


def _saves(client: Any) -> str:
    """Return at which points whole images are written; none where the log is all."""
    return str(client.config_get("save").get("save", ""))


def _whole(client: Any, running: str, begin: Any) -> None:
    """Run one whole rewriting that begins now: one that runs already may have passed our keys."""
    until = time.monotonic() + PATIENCE
    _wait(client, running, until)
    while True:
        try:
            begin()
            break
        except redis.ResponseError as refusal:
            if "progress" not in str(refusal) or time.monotonic() > until:
                raise
            time.sleep(PAUSE)
    _wait(client, running, until)


def _wait(client: Any, running: str, until: float) -> None:
    while True:
        about = client.info("persistence")
        if not about[running] and not about.get("aof_rewrite_scheduled"):
            return
        if time.monotonic() > until:
            raise NotRewritten("Valkey is too slow in writing its log anew.")
        time.sleep(PAUSE)


def _check(client: Any, status: str) -> None:
    said = client.info("persistence")[status]
    if said != "ok":
        raise NotRewritten(f"Valkey could not write its log anew: {said}.")
