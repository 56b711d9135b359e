"""From a notice's facts to its words.

Mails are templates/notices/<kind>/{ko,en}.txt, text messages {ko,en}.sms.txt beside them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from jinja2 import Environment, StrictUndefined

from config import Config
from tourbook.notices import wording
from tourbook.notices.kinds import FOR_GROUPS, NEEDS, Kind
from tourbook.notices.models import Notice, Way

SUBJECT = "Subject: "
DOTS = "····-····"
_EXTENSION = "tourbook.notices"
_OF_LINES = frozenset({"message"})
_PAGES = {Kind.INVITED: "invitations", Kind.NEW_PASSWORD: "sign-in/new-password", Kind.REGISTER: "register"}
"""Where the links of letters lead that are no link to an application."""
_EMPTY_LINES = re.compile(r"\n{3,}")  # where a block has nothing to say


@dataclass(frozen=True)
class Rendered:
    """A notice in words; a text message has no subject."""

    subject: str
    body: str


def rendered(notice: Notice) -> Rendered:
    """Say a notice in its language and for its way; raises jinja2.TemplateError where its template has a fault."""
    ending = ".sms.txt" if notice.way is Way.SMS else ".txt"
    template = _environment().get_template(f"notices/{notice.kind}/{notice.language}{ending}")
    text = _EMPTY_LINES.sub("\n\n", template.render(named_values(notice)).strip())
    if notice.way is Way.SMS:
        return Rendered("", text)
    subject, _, body = text.removeprefix(SUBJECT).partition("\n")
    return Rendered(subject, f"{body.strip()}\n")


def previewed(kind: Kind, facts: Mapping[str, Any], *, language: str, way: Way) -> Rendered:
    """A notice in words as it would leave; dots stand for what is one party's own, its reference and its address."""
    told = {**facts, "reference": DOTS}
    return rendered(Notice(kind=kind, language=language, way=way, facts=told, link="…"))


def named_values(notice: Notice) -> dict[str, Any]:
    """All that the templates of this kind may name; a fact that may be missing, and is, stands as None."""
    needs = NEEDS[notice.kind]
    values = _surroundings(notice)
    for name in needs.required | needs.optional:
        values |= _named(name, notice.facts.get(name), notice.language)
    return values


def _surroundings(notice: Notice) -> dict[str, Any]:
    """What every notice may name: the site, its telephone, whether staying away closes people out, and the way to the
    application or group, or the first page.
    """
    config: Config = current_app.config["TOURBOOK"]
    pages = "groups" if notice.kind in FOR_GROUPS else _PAGES.get(notice.kind, "a")
    home = f"{_public_address(config)}/{notice.language}/"
    site = wording.SITE[notice.language]
    return {
        "site": site if config.official_site else site + wording.DEMONSTRATION[notice.language],
        "demonstration": not config.official_site,
        "phone": config.contact_phone,
        "home": home,
        "closes_out": bool(config.closure_steps),
        "link": f"{home}{pages}/{notice.link}" if notice.link else None,
    }


def _public_address(config: Config) -> str:
    # Without one it is where `make run` is opened: by the name, at which browsers keep sign-ins and passkeys.
    return config.public_url.rstrip("/") or f"http://localhost:{config.port}"


def _named(name: str, fact: Any, language: str) -> dict[str, Any]:
    """One fact as the values that templates name; text in the other language is left out."""
    stem, _, ending = name.rpartition("_")
    if stem in _OF_LINES:
        return {stem: _lines(fact)} if ending == language else {}
    if ending in {"ko", "en"}:
        return {stem: _one_line(fact)} if ending == language else {}
    if name in _IN_WORDS:
        return _IN_WORDS[name](fact, language)
    return {name: _one_line(fact) if isinstance(fact, str) else fact}


def _one_line(text: str | None) -> str | None:
    """A fact never breaks a line, so it can neither forge a header nor a paragraph of ours."""
    return " ".join(text.split()) if text else None


def _lines(text: str) -> list[str]:
    """A text of several lines; the templates move each of them in, so that none passes for one of ours."""
    return [_one_line(line) or "" for line in text.strip().splitlines()]


def _start(name: str) -> Callable[[str | None, str], dict[str, str | None]]:
    return lambda fact, language: {
        name: _moment(fact, language),
        f"{name}_briefly": _moment(fact, language, briefly=True),
    }


def _moment(fact: str | None, language: str, *, briefly: bool = False) -> str | None:
    return wording.moment_in_words(datetime.fromisoformat(fact), language, briefly=briefly) if fact else None


def _moment_named(name: str) -> Callable[[str | None, str], dict[str, str | None]]:
    return lambda fact, language: {name: _moment(fact, language)}


def _deadline(fact: str | None, language: str) -> dict[str, str | None]:
    if fact is None:
        return {"deadline": None, "deadline_briefly": None}
    moment = datetime.fromisoformat(fact)
    return {
        "deadline": wording.deadline_in_words(moment, language),
        "deadline_briefly": wording.deadline_in_words(moment, language, briefly=True),
    }


def _people(name: str) -> Callable[[int | None, str], dict[str, str | None]]:
    return lambda fact, language: {name: wording.people_in_words(fact, language) if fact else None}


def _dates(fact: list[dict[str, Any]] | None, language: str) -> dict[str, Any]:
    """Each date as its moment, its reference and its place in the queue, and whether the wait is paused there, and
    because nobody can go.
    """
    usual, told = {"paused": False, "closed": False}, ("start", "reference", "position", "paused", "closed")
    named = ({**usual, **one, **_start("start")(one["starts_at"], language)} for one in fact or ())
    return {"dates": [{name: one[name] for name in told} for one in named]}


def _choices(fact: list[str] | None, language: str) -> dict[str, Any]:
    """Each departure as its moment, the most wanted first."""
    return {"choices": [_start("start")(one, language) for one in fact or ()]}


def _left_out(fact: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Each departure as its moment, and the largest party that it takes."""
    named = ((_start("start")(one["starts_at"], language), one["party_max"]) for one in fact)
    people = [(start["start"], wording.people_in_words(most, language)) for start, most in named]
    return {"left_out": [{"start": start, "party_max": most} for start, most in people]}


_IN_WORDS: Mapping[str, Callable[[Any, str], dict[str, Any]]] = {
    "starts_at": _start("start"),
    "own_starts_at": _start("own_start"),
    "offered_starts_at": _start("offered_start"),
    "closes_at": _moment_named("closes_at"),
    "value_at": _moment_named("value_at"),
    "fallback_at": lambda fact, language: (
        _moment_named("fallback_at")(fact, language) if fact else {"fallback_at": None}
    ),
    "left_overs_at": _moment_named("left_overs_at"),
    "decided_at": _moment_named("decided_at"),
    "deadline": _deadline,
    "dates": _dates,
    "left_out": _left_out,
    "choices": _choices,
    "right_until": lambda fact, language: {
        "right_until": wording.deadline_in_words(datetime.fromisoformat(fact), language) if fact else None
    },
    "closed_until": lambda fact, language: {
        "closed_until": wording.deadline_in_words(datetime.fromisoformat(fact), language) if fact else None
    },
    "role_from": _moment_named("role_from"),
    "role_until": lambda fact, language: {
        "role_until": wording.deadline_in_words(datetime.fromisoformat(fact), language) if fact else None
    },
    "seats": _people("people"),
    "party_max": _people("party_max"),
    "given_back": _people("given_back"),
    "least": _people("least"),
    "minutes": lambda fact, language: {"duration": wording.duration_in_words(fact, language)},
    "fee_krw": lambda fact, language: {"fee": wording.won_in_words(fact, language) if fact else None},
}


def _environment() -> Environment:
    """The application's templates, read strictly: a value that is not there is a fault, not an empty place."""
    if _EXTENSION not in current_app.extensions:
        current_app.extensions[_EXTENSION] = current_app.jinja_env.overlay(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
    found: Environment = current_app.extensions[_EXTENSION]
    return found
