"""What came of one entry, and why: what somebody reads who types a receipt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tourbook.applications import plain_reference
from tourbook.courses.models import Round
from tourbook.draws import Choice, Outcome, code_of, departures_of, outcome
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.draw_facts import Row, place_in_words
from tourbook.web.citizen.wording import gettext as _


@dataclass(frozen=True)
class OutcomeFacts:
    """The answer to "what came of my entry?"; `turn` is none where there is no such entry; `in_vain` says
    that nobody can go on what it drew.
    """

    receipt: str
    title: str
    turn: str | None
    steps: list[tuple[str, str]]
    in_vain: str = ""

    @property
    def kind(self) -> str:
        """How the answer looks in the components."""
        return "warning" if self.turn is None else "info"


def outcome_facts(session: Session, round_: Round, typed: str, nobody_goes: Sequence[Row] = ()) -> OutcomeFacts:
    """What came of the entry with that receipt, however it was typed; nobody can go on some of the departures."""
    receipt = plain_reference(typed)
    found = outcome(session, round_, receipt)
    if found is None:
        return OutcomeFacts(receipt, _not_found(round_, receipt), None, [])
    when = {code_of(one): present.instant(one.starts_at) for one in departures_of(session, round_.id)}
    return OutcomeFacts(
        receipt=receipt,
        title=_title(found, when),
        turn=_(
            "Turn %(turn)s of %(entries)s, for %(people)s.",
            turn=present.number(found.turn),
            entries=present.number(found.entries),
            people=wording.people(found.seats),
        ),
        steps=list(_steps(found, when)),
        in_vain=next((_in_vain(row) for row in nobody_goes if row.code == found.departure), ""),
    )


def _in_vain(row: Row) -> str:
    if row.why_nobody:
        return _(
            "Nobody can go on that departure at present: %(why)s. So the party has no places by this result, and is "
            "asked first when this course has places.",
            why=row.why_nobody.rstrip("."),
        )
    return _(
        "Nobody can go on that departure at present. So the party has no places by this result, and is asked first "
        "when this course has places."
    )


def _not_found(round_: Round, receipt: str) -> str:
    if round_.drawn_at is None:
        moment = present.instant(round_.value_at)
        return _("This draw has no result yet. The value that decides is known on %(moment)s.", moment=moment)
    return _(
        "No entry of this draw has the receipt %(receipt)s. Compare it with the message that we sent you: it has eight "
        "letters and digits, like ABCD-2345.",
        receipt=receipt or "–",
    )


def _title(found: Outcome, when: dict[str, str]) -> str:
    if found.departure is None:
        return _("Receipt %(receipt)s: not drawn, in reserve", receipt=found.receipt)
    return _("Receipt %(receipt)s: drawn for %(when)s", receipt=found.receipt, when=when[found.departure])


def _steps(found: Outcome, when: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each choice, and why it was given or not."""
    given = False
    for place, choice in enumerate(found.choices):
        said = _("not looked at: an earlier choice was given") if given else _why(found, choice)
        given = given or choice.code == found.departure
        yield f"{place_in_words(place)}, {when[choice.code]}", said


def _why(found: Outcome, choice: Choice) -> str:
    facts = {"left": present.number(choice.left), "people": wording.people(found.seats)}
    if choice.code == found.departure:
        return _("places left at this turn: %(left)s, enough for %(people)s: given", **facts)
    return _("places left at this turn: %(left)s, not enough for %(people)s", **facts)
