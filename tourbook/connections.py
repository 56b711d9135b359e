"""Connections to PostgreSQL that come back from every wait, and a pool that does not queue people before a silence.

libpq waits for an answer until TCP gives up, minutes later, or for good where a lost answer leaves nothing to send
again; `statement_timeout` is the server's, and no help where the server is what cannot be heard. So each wait ends when
the patience of the work ends. The connection is closed then, since an answer that comes late would be taken for the
next one's.
"""

import threading
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from tourbook import patience

REACHING_SECONDS = 2  # to reach a server; psycopg takes no less
_INTERVAL = 0.1  # in which a wait looks at whether it was interrupted, as psycopg does


class Silent(psycopg.OperationalError):
    """The database did not answer in time. Whether it did what it was asked to is not known."""


class StillSilent(psycopg.OperationalError):
    """The database did not answer a moment ago, this work or somebody else. Nothing more was asked of it."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection on which no wait is longer than the patience of the work that waits."""

    @classmethod
    def connect(cls, *arguments: Any, **named: Any) -> Self:
        """Reach the server, or raise StillSilent where the work has not as long left as that may take.

        `psycopg` counts the seconds of reaching by itself, beside the patience of the work: begun in its last moment
        they would come on top, and whoever waited for a silent one before would wait for two.
        """
        bound, left = patience.current(), patience.left_for_all()
        if bound and left is not None and left < min(REACHING_SECONDS, bound.total / 3):
            raise StillSilent("too little time is left to reach the database")
        return super().connect(*arguments, **named)

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL, timeout: float | None = None) -> RV:
        seconds = patience.left()
        if seconds is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        latest = monotonic() + seconds
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.OperationalError as failure:
            if monotonic() < latest:
                raise
            self.close()
            raise Silent("no answer in time") from failure

    def rollback(self) -> None:
        """Take back what was done; where the connection is gone, so is what was done on it."""
        try:
            super().rollback()
        except psycopg.Error:
            if not self.closed:
                raise


class PatientPool(QueuePool):
    """A pool in which one caller at a time asks whether a database that fell silent is back.

    The others are refused at once: threads that all waited for it would leave nobody to say so to the people who
    come after them. Nobody waits for a free connection longer than for an answer either.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._silent = False
        self._asking = threading.Lock()

    @property
    def _timeout(self) -> float:
        """What QueuePool waits for a free connection, here by the patience of who waits."""
        seconds = patience.left()
        return self._usual_timeout if seconds is None else seconds

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._usual_timeout = seconds

    def connect(self) -> PoolProxiedConnection:
        """A connection that answered just now, or that was made just now."""
        if not self._silent:
            return self._reach()
        if not self._asking.acquire(blocking=False):
            raise StillSilent("the database fell silent, and somebody is asking whether it is back")
        try:
            return self._reach()
        finally:
            self._asking.release()

    def _reach(self) -> PoolProxiedConnection:
        try:
            connection = super().connect()
        except StillSilent:
            raise  # the work had no time left, which says nothing of the database
        except psycopg.OperationalError:
            self._silent = True
            raise
        self._silent = False
        return connection
