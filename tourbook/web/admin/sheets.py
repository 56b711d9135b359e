"""A form for a CSV file: uploaded, or pasted as text."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from tourbook.characters import is_keepable
from tourbook.courses.files import Column, ColumnNames, ImportRefused, column_names, decoded
from tourbook.errors import Refused
from tourbook.resident_numbers import holds_resident_number
from tourbook.web import refusals
from tourbook.web.forms import Form, LongText

SHOWN_PROBLEMS = 100


class SheetText(LongText):
    """The content of a file: as long as a form may carry."""

    longest = 100_000


class SheetForm(Form):
    """A file, or its content; `columns` are those that it may have, `problems` what is wrong with it by line.

    Of a file that is wrong throughout, the first are shown, and how many more there are.
    """

    uploads = frozenset({"file"})

    file = FileField(_("CSV file"))
    text = SheetText(_("Its content"))
    columns: Mapping[str, Column]
    problems: Sequence[tuple[int, str]] = ()
    more_problems = 0

    @property
    def column_names(self) -> ColumnNames:
        """The columns of a file by what is asked of them, and an example."""
        return column_names(self.columns)

    @cached_property
    def content(self) -> bytes | str:
        """What was uploaded, else what was pasted."""
        uploaded: bytes = self.file.data.read() if self.file.data else b""
        return uploaded or self.text.data or ""

    def refuse(self, refused: Refused) -> None:
        """Keep what is wrong line by line beside what is said of the whole."""
        found = refusals.problems_of(refused, at_most=SHOWN_PROBLEMS)
        self.problems, self.more_problems = found, len(refused.facts.get("problems", ())) - len(found)
        super().refuse(refused)

    def validate(self, extra_validators: Any = None) -> bool:
        """Show and carry what was uploaded as text, so that nobody has to choose the file again."""
        if isinstance(self.content, bytes):
            self.text.data = _decoded(self.content)
        if holds_resident_number(self.text.data or ""):
            self.dropped, self.text.data = frozenset({"text"}), ""
        return super().validate(extra_validators)


def _decoded(content: bytes) -> str:
    """The file as text; nothing where it is none, which reading it will say."""
    try:
        text, _as_korean = decoded(content)
    except ImportRefused:
        return ""
    return text if is_keepable(text) else ""
