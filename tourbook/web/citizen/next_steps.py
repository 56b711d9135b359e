"""What happens next with an application, and when."""

from datetime import datetime
from typing import Any

from tourbook.applications.deadlines import offers_end
from tourbook.applications.models import Application, State
from tourbook.courses import amend_until, roster_due
from tourbook.courses.models import Course, Departure, Round
from tourbook.draws import decides_at
from tourbook.web import present
from tourbook.web.citizen.facts import CourseFacts
from tourbook.web.citizen.wording import gettext as _

Item = dict[str, Any]


def next_steps(
    application: Application, departure: Departure, course: Course, facts: CourseFacts, now: datetime
) -> list[Item]:
    """The steps from here to the visit, with their dates; none where nothing follows."""
    if application.typing_until is not None:
        return []
    if application.state in {State.CONFIRMED, State.MUST_SHRINK}:
        return _going(application, departure, course, facts, now)
    if application.state is State.WAITING:
        return _waiting(application, departure, course)
    return []


def _going(
    application: Application, departure: Departure, course: Course, facts: CourseFacts, now: datetime
) -> list[Item]:
    items = [
        _confirmed(application),
        *_names(departure, course, now),
        _item(
            _("Departure from %(place)s", place=facts.meeting_place),
            present.instant(departure.starts_at),
            "done" if now >= departure.starts_at else "coming",
            facts.meeting,
        ),
    ]
    if application.fee_krw:
        fee = _("Pay %(fee)s", fee=present.won(application.fee_krw))
        done = "done" if application.fee.was_paid else "coming"
        items.append(_item(fee, _("at the meeting place"), done, facts.fee_line))
    return items


def _confirmed(application: Application) -> Item:
    """Since when the party has these places; one that accepted others for those it lost brought its turn along."""
    first = application.confirmed_at or application.created_at
    if first >= application.created_at:
        return _item(_("Confirmed"), present.instant(first), "done")
    words = _("Where it counts who was confirmed earlier, it is still %(moment)s.", moment=present.instant(first))
    return _item(_("Confirmed"), present.instant(application.created_at), "done", words)


def _names(departure: Departure, course: Course, now: datetime) -> list[Item]:
    """That the names go to others; where these answer, the page says more of it, visitor by visitor."""
    if course.names_checked:
        return []
    due, final = roster_due(course, departure.starts_at), amend_until(course, departure.starts_at)
    later = _(
        "To the authorities that let you in. Whoever is offered a place later is added, until %(moment)s; then the "
        "names are final.",
        moment=present.deadline(final),
    )
    words = later if due < final else _("To the authorities that let you in. From then on they are final.")
    by = _("by %(moment)s", moment=present.deadline(due))
    return [_item(_("The names are handed over"), by, "done" if now >= due else "coming", words)]


def _waiting(application: Application, departure: Departure, course: Course) -> list[Item]:
    return [
        _item(_("On the waiting list"), present.instant(application.waiting_since or application.created_at), "done"),
        _item(
            _("We write to you when places become free"),
            _("until %(moment)s", moment=present.deadline(offers_end(amend_until(course, departure.starts_at)))),
            "current",
            _(
                "You then have %(hours)s hours to answer, or less where the departure is near. No offer runs out "
                "between 21:00 and 09:00.",
                hours=course.offer_hours,
            ),
        ),
        _item(_("The day of the visit"), present.instant(departure.starts_at), "coming"),
    ]


def entry_steps(application: Application, round_: Round, now: datetime) -> list[Item]:
    """The steps from an entry to what comes of it."""
    closed = now >= round_.closes_at
    return [
        _item(_("In the draw"), present.instant(application.created_at), "done"),
        _item(
            _("Entries are sealed"),
            present.deadline(round_.closes_at),
            "done" if closed else "current",
            _("Until then you can take visitors out, or leave the draw and enter anew with other choices."),
        ),
        _item(
            _("The public value is known, and the places are drawn"),
            present.instant(decides_at(round_)),
            "current" if closed else "coming",
            _("We then write to you. If you are drawn, your places are confirmed at once."),
        ),
        _item(
            _("Left-over places are free for everybody"),
            present.instant(round_.left_overs_at),
            "coming",
            _("If you are not drawn, you keep your turn on the waiting list, and can also apply for these."),
        ),
    ]


def _item(title: str, when: str, state: str, text: str = "") -> Item:
    return {"title": title, "when": when, "state": state, "text": text}
