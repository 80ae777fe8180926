"""The one way out: nothing about a person goes to an outside service but through `disclose`.

It refuses what is not declared in `integrations.providers`, and has the transfer recorded (who,
what categories, when, why; never the content) before anything goes. Who records is told from
above: integrations know no tables.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integrations.providers import Provider, find


class Undeclared(Exception):
    """This transfer is not in the registry of providers, so it doesn't happen."""


@dataclass(frozen=True)
class Transfer:
    """Personal data on its way out.

    `about` holds keys of accounts (int) or e-mail addresses (str), whose people the recorder looks
    up; `basis` is one of the legal bases of the data map, by its name in lower case.
    """

    provider: Provider
    about: tuple[int | str, ...]
    categories: tuple[str, ...]
    purpose: str
    basis: str


# Records a transfer, and returns what to call when it then failed.
Recorder = Callable[[Transfer], Callable[[], None]]
_recorders: list[Recorder] = []


def record_with(recorder: Recorder) -> None:
    """Have every transfer recorded by this; called once, when apps are ready."""
    _recorders[:] = [recorder]


@contextmanager
def disclose(
    provider_key: str,
    about: Iterable[int | str],
    categories: Iterable[str],
    purpose: str,
    basis: str = "contract",
) -> Iterator[Provider]:
    """Wrap one transfer (or one run of many) to an outside service.

    The record is written first, so a crash can leave a record without a transfer and never the
    reverse; call it outside a transaction that may be rolled back. Raises Undeclared, before
    anything goes, for a provider, category, purpose or basis that is not declared, and when
    nobody records.
    """
    try:
        provider = find(provider_key)
    except LookupError as error:
        raise Undeclared(str(error)) from None
    wanted = tuple(sorted(categories))
    if not wanted or not set(wanted) <= set(provider.categories):
        raise Undeclared(f"{provider_key} is not declared to get {', '.join(wanted) or 'nothing'}")
    if not _recorders:
        raise Undeclared("nobody records disclosures")
    failed = _recorders[0](Transfer(provider, tuple(about), wanted, purpose, basis))
    try:
        yield provider
    except BaseException:
        failed()
        raise
