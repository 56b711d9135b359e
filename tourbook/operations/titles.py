"""The days that the titles of changes name, in both languages: from the first to the last, or on from the first."""

from datetime import date

from tourbook.distancing.facts import Words
from tourbook.notices import day_in_words


def days_named(first: date, last: date | None) -> Words:
    """`Fri 1 May 2026 – Mon 4 May 2026`, one day alone, or `from Fri 1 May 2026 on` where no end is known."""
    if last is None:
        return Words(f"{day_in_words(first, 'ko')}부터", f"from {day_in_words(first, 'en')} on")
    days = dict.fromkeys((first, last))  # each once
    return Words(*(" – ".join(day_in_words(day, language) for day in days) for language in ("ko", "en")))
