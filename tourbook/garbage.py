"""When Python looks for garbage in cycles: not while others wait for a lock, nor amid a plan for thousands."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_counting = Lock()
_at_work: list[object] = []


@contextmanager
def put_off() -> Iterator[None]:
    """Let garbage in cycles lie until this block ends.

    All that a plan is made from lives until it is made. Looking through it again and again takes a third of the time of
    a large one, and looking through the whole process stops everybody for a tenth of a second, locks and all.
    """
    me = object()
    with _counting:
        _at_work.append(me)
        gc.disable()
    try:
        yield
    finally:
        with _counting:
            _at_work.remove(me)
            if not _at_work:
                gc.enable()
