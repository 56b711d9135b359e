"""What a refusal says to people: the one place where codes become words, in the language of the page.

The sentences stand in `sentences/`, a table for each area. Each says what happened and what to do next. A code
without a sentence is a bug that a test finds.
"""

from datetime import date, datetime, time
from typing import Any

from flask_babel import LazyString

from tourbook.errors import Refused
from tourbook.web import present
from tourbook.web.sentences import SENTENCES
from tourbook.web.sentences.counted import Counted


def words_of(refused: Refused) -> str:
    """The sentence for a refusal."""
    return words(refused.code, **refused.facts)


def words(code: str, **facts: Any) -> str:
    """The sentence for a code, with these facts in it."""
    sentence: LazyString | Counted = SENTENCES[code]
    shown = {name: _shown(value) for name, value in facts.items()}
    if isinstance(sentence, Counted):
        return sentence.words(facts[sentence.by]) % shown
    return str(sentence) % shown


def retry_after(refused: Refused) -> dict[str, str]:
    """The header that says when to come again, where the refusal knows it."""
    return {"Retry-After": str(refused.facts["seconds"])} if "seconds" in refused.facts else {}


def _shown(value: Any) -> Any:
    """A fact as it stands in a sentence."""
    for kind, show in _WAYS:
        if isinstance(value, kind):
            return show(value)
    return value


def _listed(values: list[Any] | tuple[Any, ...]) -> str:
    return ", ".join(str(_shown(value)) for value in values)


# A datetime is a date too, so it comes first.
_WAYS: tuple[tuple[Any, Any], ...] = (
    (datetime, present.instant),
    (date, present.day),
    (time, present.clock_time),
    (list | tuple, _listed),
    (int, present.number),
)
