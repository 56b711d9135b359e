"""Sentences whose wording depends on a number."""

from dataclasses import dataclass

from flask_babel import get_translations


@dataclass(frozen=True)
class Counted:
    """A sentence in singular and plural; `by` names the fact that is counted."""

    singular: str
    plural: str
    by: str

    def words(self, number: int) -> str:
        """The wording for that number, in the language of the page, with its places still open."""
        return str(get_translations().ungettext(self.singular, self.plural, number))


def counted(singular: str, plural: str, *, by: str) -> Counted:
    """Mark a sentence in singular and plural for translation."""
    return Counted(singular, plural, by)
