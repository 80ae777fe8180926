"""Puts the functions of a changed file into a process that has loaded it as it was.

Every function keeps its place, wherever it was registered or wrapped: only its code is another.
That does for what runs when it is called; what ran while Django started has run.
"""

import gc
from types import CodeType, FunctionType


class Unfit(Exception):
    """The change can't be made in a process that runs; it needs one of its own."""


def functions(folder: str) -> list[FunctionType]:
    """Return every function there is of files in a folder; before objects are frozen (`gc`)."""
    return [
        one
        for one in gc.get_objects()
        if type(one) is FunctionType and one.__code__.co_filename.startswith(folder)
    ]


def swap(there: list[FunctionType], path: str, before: str, after: str) -> int:
    """Give the functions of a file the code that they have in the changed text; return how many.

    `path` is what the running code calls its file. Raises Unfit where functions don't correspond.
    """
    old, new = (compile(text, path, "exec", dont_inherit=True) for text in (before, after))
    pairs = dict(_pairs(old, new))
    found = 0
    for function in there:
        if function.__code__.co_filename == path:
            code = pairs.get(_key(function.__code__))
            if code is None or code.co_freevars != function.__code__.co_freevars:
                raise Unfit(function.__qualname__)
            function.__code__ = code
            found += 1
    if not found:
        raise Unfit(path)
    return found


def _key(code: CodeType) -> tuple[str, int, bytes]:
    return code.co_qualname, code.co_firstlineno, _columns(code)


def _columns(code: CodeType) -> bytes:
    """Return what tells two lambdas of one line apart: where their parts stand."""
    return repr(list(code.co_positions())[:6]).encode()


def _pairs(old: CodeType, new: CodeType) -> list[tuple[tuple[str, int, bytes], CodeType]]:
    """Pair the code of functions, those inside of others too, by the order they stand in.

    Where another number of them stands inside, none of those has a pair: a comprehension that is
    gone was nobody's to keep.
    """
    inside = [[one for one in code.co_consts if isinstance(one, CodeType)] for code in (old, new)]
    names = [[one.co_qualname for one in codes] for codes in inside]
    found = []
    for one, other in zip(*inside, strict=True) if names[0] == names[1] else ():
        found += [(_key(one), other), *_pairs(one, other)]
    return found
