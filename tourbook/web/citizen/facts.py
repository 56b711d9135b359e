"""What people have to know about a course before they apply, in the language of the page."""

from functools import cached_property
from typing import Any

from tourbook.courses.models import Course
from tourbook.web import present
from tourbook.web.citizen.minimum import course_rule
from tourbook.web.citizen.policies import policy_words
from tourbook.web.citizen.way_facts import WayFacts, way_facts
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.language import current_language


class CourseFacts:
    """A course in words, each made when a page asks for it; texts that an installation has not written are empty."""

    def __init__(self, course: Course, region: str) -> None:
        self._course = course
        self._details = _Details(course)
        self.region = region

    @cached_property
    def code(self) -> str:
        """The code of the course."""
        return self._course.code

    @cached_property
    def name(self) -> str:
        """Its name."""
        return str(present.in_lang(self._course, "name"))

    @cached_property
    def summary(self) -> str:
        """What it is, in a sentence or two."""
        return self._details.text("summary")

    @cached_property
    def meeting_place(self) -> str:
        """Where it begins."""
        return str(present.in_lang(self._course, "meeting_place"))

    @cached_property
    def id_rule(self) -> str:
        """The identity document that is asked for."""
        return str(present.in_lang(self._course, "id_rule"))

    @cached_property
    def who(self) -> str:
        """Who may go."""
        return _who(self._course)

    @cached_property
    def age(self) -> str:
        """From which age."""
        return _age(self._course)

    @property
    def who_can_go(self) -> list[tuple[str, str]]:
        """Of which nationality, from which age, with which identity document: what is asked before anybody types."""
        return [(_("Nationality"), self.who), (_("Age on the day of the visit"), self.age), (_("ID"), self.id_rule)]

    @property
    def for_everybody(self) -> bool:
        """Is nobody kept out, whatever the nationality and age?"""
        return self._course.who != "nationals" and not self._course.min_age

    @cached_property
    def fee(self) -> str:
        """What it costs a person."""
        return _fee(self._course)

    @cached_property
    def fee_line(self) -> str:
        """The fee with what becomes of it."""
        return _fee_line(self._course, self._details.text("fee"))

    @cached_property
    def minutes(self) -> str:
        """How long it takes."""
        return present.duration(self._course.minutes)

    @cached_property
    def length(self) -> str:
        """How far it is."""
        return _length(self._course)

    @cached_property
    def season(self) -> str:
        """When it runs."""
        return self._details.text("season")

    @cached_property
    def meeting(self) -> str:
        """How to get to the meeting place."""
        return self._details.text("meeting")

    @cached_property
    def window(self) -> str:
        """When applications are taken."""
        return _window(self._course)

    @cached_property
    def roster(self) -> str:
        """When the names are handed over."""
        return _roster(self._course)

    @cached_property
    def minimum(self) -> str:
        """With how few people a departure runs; empty where it always does."""
        return course_rule(self._course)

    @cached_property
    def policy(self) -> str:
        """Who keeps their places when there are fewer."""
        return policy_words(self._course)

    @cached_property
    def skip_rule(self) -> str:
        """How the waiting list is served."""
        return skip_rule(self._course)

    @cached_property
    def skip_rule_after_draw(self) -> str:
        """How that of a departure is served whose places were drawn."""
        return skip_rule(self._course, after_draw=True)

    @cached_property
    def way(self) -> WayFacts:
        """The way, leg by leg: how hard it is, and who gets along it."""
        return way_facts(self._course)

    @cached_property
    def bring(self) -> list[str]:
        """What to bring."""
        return self._details.texts("bring")

    @cached_property
    def dress(self) -> list[str]:
        """What to wear, and what not."""
        return self._details.texts("dress")

    @cached_property
    def behaviour(self) -> list[str]:
        """How to behave."""
        return self._details.texts("conduct")

    @property
    def conduct(self) -> list[str]:
        """All rules that whoever applies says to have read: what to wear and how to behave."""
        return [*self.dress, *self.behaviour]

    @cached_property
    def good_to_know(self) -> list[str]:
        """What else is good to know."""
        return self._details.texts("good_to_know")

    @property
    def terms(self) -> list[tuple[str, str]]:
        """What decides whether somebody can go at all, and what binds whoever applies."""
        cancelling = _(
            "You can cancel the whole party or one visitor at any time before the departure. It costs nothing."
        )
        return [
            (_("Who may go"), f"{self.who}, {self.age}"),
            (_("ID"), self.id_rule),
            (_("Fee"), self.fee),
            (_("Cancelling"), cancelling),
        ]

    @property
    def outline(self) -> list[tuple[str, str]]:
        """How long it takes, how far it is, where it begins."""
        pairs = [(_("Takes"), self.minutes), (_("Length"), self.length), (_("Meeting place"), self.meeting_place)]
        return [(name, value) for name, value in pairs if value]

    @property
    def card_pairs(self) -> list[tuple[str, str]]:
        """The fewest facts by which courses are told apart."""
        return [*self.outline[:-1], self.terms[0]]


def course_facts(course: Course, region: str) -> CourseFacts:
    """Put a course's facts into words."""
    return CourseFacts(course, region)


def skip_rule(course: Course, *, after_draw: bool = False) -> str:
    """How the waiting list of a course is served; that of a departure whose places were drawn begins with the reserve
    of the draw.
    """
    if after_draw:
        return ngettext(
            "The waiting list goes in the order of the draw, and then by arrival. A party that does not fit into the "
            "free places may be passed by others once; then places are kept until it fits.",
            "The waiting list goes in the order of the draw, and then by arrival. A party that does not fit into the "
            "free places may be passed by others at most %(num)s times; then places are kept until it fits.",
            course.skip_bound,
        )
    return ngettext(
        "The waiting list goes by arrival. A party that does not fit into the free places may be passed by others "
        "once; then places are kept until it fits.",
        "The waiting list goes by arrival. A party that does not fit into the free places may be passed by others at "
        "most %(num)s times; then places are kept until it fits.",
        course.skip_bound,
    )


class _Details:
    """The texts that an installation wrote about a course, by name, in the language of the page."""

    def __init__(self, course: Course) -> None:
        self._given: dict[str, Any] = course.details or {}

    def text(self, name: str) -> str:
        return str(self._given.get(f"{name}_{current_language()}", ""))

    def texts(self, name: str) -> list[str]:
        return list(self._given.get(f"{name}_{current_language()}", []))


def _km(km: float) -> str:
    return _("%(number)s km", number=present.number(km))


def _who(course: Course) -> str:
    return _("Korean nationals") if course.who == "nationals" else _("everybody")


def _age(course: Course) -> str:
    if not course.min_age:
        return _("any age")
    return _("from age %(age)s", age=course.min_age)


def _fee(course: Course) -> str:
    return _("%(fee)s a person", fee=present.won(course.fee_krw)) if course.fee_krw else _("free")


def _fee_line(course: Course, rule: str) -> str:
    """The fee with what becomes of it, in whole sentences."""
    if not course.fee_krw:
        return rule or _("There is no fee.")
    rule = rule or _("Paid at the meeting place and given back as a local voucher of the same value.")
    return _("Fee: %(fee)s. %(rule)s", fee=_fee(course), rule=rule)


def _length(course: Course) -> str:
    if course.length_km is None:
        return ""
    if course.walk_km is None:
        return _km(course.length_km)
    return _("%(length)s, of which %(walk)s on foot", length=_km(course.length_km), walk=_km(course.walk_km))


def _window(course: Course) -> str:
    return _(
        "Applications open %(first)s days before the visit at %(time)s and are taken until 24:00, %(last)s days before "
        "it. First come, first served.",
        first=course.opens_days_before,
        time=present.clock_time(course.opens_at),
        last=course.closes_days_before,
    )


def _roster(course: Course) -> str:
    """When the names are handed over, and, where that is another day, until when somebody may still be added."""
    handed_over = ngettext(
        "The names of the visitors are handed over %(num)s day before the visit.",
        "The names of the visitors are handed over %(num)s days before the visit.",
        course.roster_due_days,
    )
    if course.amend_until_days == course.roster_due_days:
        return handed_over
    return f"{handed_over} {_names_final(course.amend_until_days)}"


def _names_final(days_before: int) -> str:
    if days_before == 0:
        return _("Whoever is offered a place later is added, until the departure leaves.")
    return ngettext(
        "Whoever is offered a place later is added, until 24:00 %(num)s day before it; then the names are final.",
        "Whoever is offered a place later is added, until 24:00 %(num)s days before it; then the names are final.",
        days_before,
    )
