"""Fields of the administrators' forms: days, moments and whole numbers.

They mean what the cells of the import files mean, but people may type them in more ways than files may write them.
"""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import request
from wtforms import ValidationError
from wtforms.form import BaseForm

from tourbook.courses import cells
from tourbook.courses.files import Unreadable
from tourbook.web import inputs, refusals
from tourbook.web.forms import Text


class Read(Text):
    """Text that means something else; `value` is what it means, None where the field was left empty."""

    plain: Callable[[str], str] = staticmethod(inputs.plain)
    read: Callable[[str], Any] = staticmethod(cells.text)
    value: Any = None

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        self.value = self._meant() if self.data else None

    def _meant(self) -> Any:
        try:
            return type(self).read(type(self).plain(self.data or ""))
        except Unreadable as wrong:
            raise ValidationError(refusals.words(wrong.code, value=self.data, **wrong.facts)) from wrong


class Day(Read):
    """A civil day in Korea, as 2026-05-04 or in another way that has one meaning."""

    plain = staticmethod(inputs.plain_day)
    read = staticmethod(cells.day)


class Moment(Read):
    """A moment in Korean time, as 2026-05-04 10:00; a day alone means 00:00."""

    plain = staticmethod(inputs.plain_moment)
    read = staticmethod(cells.moment)


class Whole(Read):
    """A whole number from 0 on."""

    read = staticmethod(cells.number)


class Kilometres(Read):
    """A length in kilometres, as 7.9."""

    read = staticmethod(cells.kilometres)


class ClockTime(Read):
    """A time of day, as 10:00."""

    read = staticmethod(cells.clock_time)


class ClockTimes(Read):
    """Times of day separated by blanks, as 10:00 14:00."""

    read = staticmethod(cells.clock_times)


def asked_day(name: str) -> str:
    """The day that the address names for a field of that name, as somebody would type it; nothing where it is none."""
    found = inputs.day(request.args.get(name, ""))
    return found.isoformat() if found else ""


def typed(value: Any) -> Any:
    """A value as somebody would type it into its field; yes and no stay what they are."""
    if value is None or isinstance(value, bool | str):
        return value
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)
