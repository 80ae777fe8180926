"""Where sockets do what takes time: database work, on a pool of threads, in turn by person.

channels' own `database_sync_to_async` has one thread for everybody: whoever keeps it busy stops
the others. Here a person has at most two threads at a time, however many sockets they open.
"""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.conf import settings

AT_ONCE = 2  # threads that one person's sockets have at a time

P = ParamSpec("P")
_flights: dict[object, asyncio.Future[Any]] = {}
_turns: "WeakValueDictionary[tuple[int, object], asyncio.Semaphore]" = WeakValueDictionary()


async def in_thread(
    who: object, function: Callable[P, Any], *args: P.args, **kwargs: P.kwargs
) -> Any:
    """Run a function that may ask the database on one of the threads, when it is `who`'s turn.

    `who` names the person (any hashable value). The function sees the caller's context variables.
    """
    if not settings.SOCKET_THREADS:  # tests: on the thread that holds their transaction
        return await database_sync_to_async(function)(*args, **kwargs)
    async with _turn(who):
        work = database_sync_to_async(function, thread_sensitive=False, executor=_pool())
        return await work(*args, **kwargs)


async def together(
    key: object, who: object, function: Callable[P, Any], *args: P.args, **kwargs: P.kwargs
) -> Any:
    """Do `in_thread` once for all that ask with the same key while it is under way.

    Somebody's many sockets are told of the same thing at the same time, and the answer is the
    same. Nothing is remembered: who asks a moment later asks anew.
    """
    whole = (id(asyncio.get_running_loop()), key)
    flight = _flights.get(whole)
    if flight is None:
        flight = asyncio.ensure_future(in_thread(who, function, *args, **kwargs))
        _flights[whole] = flight
        flight.add_done_callback(lambda _: _flights.pop(whole, None))
    return await asyncio.shield(flight)


def _turn(who: object) -> asyncio.Semaphore:
    key = (id(asyncio.get_running_loop()), who)
    turn = _turns.get(key)
    if turn is None:
        turn = _turns[key] = asyncio.Semaphore(AT_ONCE)
    return turn


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.SOCKET_THREADS, thread_name_prefix="sockets")
