"""The cache, while it is there: pages go on without what it remembers."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache

from foundation.limits import AWAY

logger = logging.getLogger(__name__)


class ForgivingCache(RedisCache):
    """Django's cache in Valkey; while that is away nothing is found and nothing is kept.

    Nothing that guards an account may stand on it alone: those limits refuse then
    (`foundation.limits`), before a code or password is looked at.
    """

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._kindly(default, super().get, key, default, version)

    def get_many(self, keys: Any, version: Any = None) -> Any:
        return self._kindly({}, super().get_many, keys, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._kindly(None, super().set, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._kindly(False, super().add, key, value, *args, **kwargs))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._kindly(False, super().delete, key, version))

    def _kindly(self, otherwise: Any, work: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except AWAY as error:
            logger.warning("the cache is away: %s", type(error).__name__)
            return otherwise
