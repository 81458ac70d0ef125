"""A cache in Redis or Valkey that falls back to the database while the server is unavailable.

Limits on sign-in and sign-up are counted in the cache. An outage must neither disable them nor lock people out.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
# How long to leave the server alone after a failure: otherwise every call of a request would wait.
LEAVE_ALONE_SECONDS = 30
TABLE = "limits_cacheentry"


def hashed_key(key: str, key_prefix: str, version: int) -> str:
    """Hash a key, since keys contain addresses of people and machines."""
    return hashlib.sha256(f"{key_prefix}:{version}:{key}".encode()).hexdigest()


class TableCache(DatabaseCache):
    """Django's database cache in the table that our migrations create, with hashed keys."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        # With the default of 300 entries, somebody could push out other people's limits.
        options = {"MAX_ENTRIES": 200_000, **params.get("OPTIONS", {})}
        super().__init__(TABLE, {**params, "KEY_FUNCTION": hashed_key, "OPTIONS": options})


class FallbackCache(BaseCache):
    """Redis, or the table while Redis does not respond. Counts are not shared between the two."""

    # Per process: each thread has an object of its own.
    _away_until = 0.0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._server = RedisCache(location, params)
        self._table = TableCache("", {name: value for name, value in params.items() if name != "OPTIONS"})

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("set", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("incr", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("delete", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("has_key", *args, **kwargs)

    def clear(self) -> None:
        self._call("clear")

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            method: Callable[..., Any] = getattr(self._server, name)
            try:
                found = method(*args, **kwargs)
            except (RedisError, OSError) as error:
                if not self._away_until:
                    logger.warning("The cache does not answer (%s); the database stands in.", type(error).__name__)
                FallbackCache._away_until = time.monotonic() + LEAVE_ALONE_SECONDS
            else:
                if self._away_until:
                    logger.warning("The cache is back.")
                    FallbackCache._away_until = 0.0
                return found
        return getattr(self._table, name)(*args, **kwargs)
