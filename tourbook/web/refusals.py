"""What a refusal says to people: the one place where codes become words, in the language of the page.

The sentences stand in `sentences/`, a table for each area. Each says what happened and what to do next. A code
without a sentence is a bug that a test finds.
"""

from datetime import date, datetime, time
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from tourbook.distancing.facts import Words
from tourbook.errors import Refused
from tourbook.web import present
from tourbook.web.sentences import SENTENCES
from tourbook.web.sentences.counted import Counted


def words_of(refused: Refused) -> str:
    """The sentence for a refusal."""
    return words(refused.code, **refused.facts)


def words(code: str, **facts: Any) -> str:
    """The sentence for a code, with these facts in it."""
    sentence = SENTENCES[code]
    if isinstance(sentence, Counted):
        return sentence.words(facts[sentence.by]) % _InWords(facts)
    return str(sentence) % _InWords(facts)


def problems_of(refused: Refused, *, at_most: int | None = None) -> list[tuple[int, str]]:
    """What is wrong with a file, line by line, where `refused` lists it; line 0 is the file as a whole."""
    first = refused.facts.get("problems", ())[:at_most]
    return [(line, problem_words(code, facts)) for line, code, facts in first]


def problem_words(code: str, facts: dict[str, Any]) -> str:
    """What is wrong with one line, or odd about it, with the column that it is about."""
    column = facts.get("column") or facts.get("field")
    sentence = words(code, **facts)
    return f"{column}: {sentence}" if column else sentence


def retry_after(refused: Refused) -> dict[str, str]:
    """The header that says when to come again, where the refusal knows it."""
    return {"Retry-After": str(refused.facts["seconds"])} if "seconds" in refused.facts else {}


class _InWords(dict[str, Any]):
    """Facts that become words as a sentence names them; those that it does not name may be of any kind."""

    def __getitem__(self, name: str) -> str:
        if name == "range":
            return _range(super().__getitem__("least"), super().__getitem__("most"))
        if name == "phone":  # whom to ask is never a fact of the case
            return str(current_app.config["TOURBOOK"].contact_phone)
        found = super().__getitem__(name)
        if name == "closes_at" and isinstance(found, datetime):  # as on the pages: a day ends at 24:00
            return present.deadline(found)
        return _shown(found)


def _shown(value: Any) -> str:
    """A fact as it stands in a sentence."""
    for kind, show in _WAYS:
        if isinstance(value, kind):
            return str(show(value))
    return "–" if value is None else str(value)


def _listed(values: list[Any] | tuple[Any, ...]) -> str:
    return ", ".join(map(_shown, values))


def _compared(values: dict[str, tuple[Any, Any]]) -> str:
    return "; ".join(
        f"{name}: {_shown(there) or '–'} → {_shown(here) or '–'}" for name, (there, here) in values.items()
    )


def _range(least: int, most: int | None) -> str:
    if most is None:
        return str(_("from %(least)s up", least=least))
    return str(_("from %(least)s to %(most)s", least=least, most=most))


# A datetime is a date too, so it comes first.
_WAYS: tuple[tuple[Any, Any], ...] = (
    (datetime, present.instant),
    (date, present.day),
    (time, present.clock_time),
    (Refused, words_of),
    (Words, lambda words: present.said(words).rstrip(".")),
    (list | tuple, _listed),
    (dict, _compared),
    (int, present.number),
)
