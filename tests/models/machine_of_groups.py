"""The same course of events, with groups for which places are set aside, and with people who are forgotten in time."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select, update

from tests.applications.walk import fresh
from tests.models.groups import ModelWithGroups, before_midnight
from tests.models.machine import MINUTE, Lives, _pick, deaths, sizes, some
from tests.models.product import Product
from tests.models.rules import DAY
from tests.models.things import Departure, Group
from tourbook import applications
from tourbook.actor import GUEST
from tourbook.applications import Asked
from tourbook.applications import models as tables
from tourbook.db import new_id, transaction
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due
from tourbook.rosters import GroupPlaces, change_allotment, release_allotment, set_aside

CONTACT = ("mail", "school@example.kr")


class ProductWithGroups(Product):
    """The product, with the acts of groups and of the timetable that forgets."""

    def set_aside(self, here: Departure, seats: int, ends_at: Any) -> None:
        places = GroupPlaces("학교", seats, ends_at, CONTACT)
        set_aside(self._departures[here.number], places, form_id=self._form("aside"), **self._staff)

    def change_group(self, group: Group, seats: int, ends_at: Any) -> None:
        places = GroupPlaces("학교", seats, ends_at)
        change_allotment(self._group(group), places, form_id=self._form("change"), **self._staff)

    def release(self, group: Group) -> None:
        release_allotment(self._group(group), **self._staff)

    def hold_of_group(self, group: Group, seats: int) -> None:
        form = f"group {new_id()}"
        asked = Asked(seats, False, form, form, "ko", None, self._group(group))
        here = self._departures[group.departure.number]
        held = applications.hold(here, asked, form_id=form, actor=GUEST, now=self._scene.now)
        self._parties.append(held.application_id)

    def forget(self) -> None:
        with transaction() as session:
            session.execute(update(Notice).values(state=NoticeState.SENT))
        while forget_due(now=self._scene.now):
            pass

    def seen(self) -> dict[str, Any]:
        session = fresh()
        told: dict[Any, list[str]] = {}
        for notice in session.scalars(select(Notice).order_by(Notice.id)):
            told.setdefault(notice.subject_id, []).append(notice.kind)
        groups = session.scalars(select(tables.Allotment).order_by(tables.Allotment.id))
        forgotten = {row.id: row.forgotten_at is not None for row in session.scalars(select(tables.Application))}
        return super().seen() | {
            "groups": [
                (one.seats, one.yielded, one.released_at is not None, one.group_name == "", told.get(one.id, []))
                for one in groups
            ],
            "forgotten": [forgotten[one] for one in self._parties],
        }

    @property
    def _staff(self) -> dict[str, Any]:
        return {"actor": self._operator, "now": self._scene.now}

    def _group(self, group: Group) -> Any:
        return fresh().scalars(select(tables.Allotment.id).order_by(tables.Allotment.id)).all()[group.number]


class LivesWithGroups(Lives):
    """One course, with groups."""

    product_of, model_of = ProductWithGroups, ModelWithGroups
    model: ModelWithGroups

    def before_the_crowd(self) -> None:
        """Somebody who waits comes before any group, so groups are mostly set places aside for early."""
        for here in self.model.departures:
            self.both("set_aside", here, 1 + here.number, before_midnight(here, 2, 0))

    def seen_of_model(self) -> dict[str, Any]:
        self.model.note_ends()
        return super().seen_of_model() | {
            "groups": [(one.seats, one.yielded, one.over, one.forgotten, one.notices) for one in self.model.groups],
            "forgotten": [one.forgotten for one in self.model.parties],
        }

    @rule(where=some, seats=sizes, days=st.integers(0, 8), dies=deaths)
    def sets_aside(self, where: int, seats: int, days: int, dies: int | None) -> None:
        here = _pick(self.model.departures, where)
        self.both("set_aside", here, seats, before_midnight(here, days, 3 * (days % 3)), dies=dies)

    @precondition(lambda self: self.model.groups)
    @rule(which=some, seats=st.integers(0, 6), days=st.integers(0, 3), dies=deaths)
    def changes_a_group(self, which: int, seats: int, days: int, dies: int | None) -> None:
        group = _pick(self.model.groups, which)
        self.both("change_group", group, max(seats, 1), before_midnight(group.departure, days, 0), dies=dies)

    @precondition(lambda self: self.model.groups)
    @rule(which=some, seats=sizes, who=some, sent_in=st.booleans(), dies=deaths)
    def goes_with_a_group(self, which: int, seats: int, who: int, sent_in: bool, dies: int | None) -> None:
        before = len(self.model.parties)
        if self.both("hold_of_group", _pick(self.model.groups, which), seats, dies=dies) == "done" and sent_in:
            self.types_it_all(self.model.parties[before], who)
        self.let_pass(MINUTE)

    @precondition(lambda self: self.model.groups)
    @rule(which=some, dies=deaths)
    def lets_a_group_go(self, which: int, dies: int | None) -> None:
        self.both("release", _pick(self.model.groups, which), dies=dies)

    @rule(days=st.sampled_from([0, 6]))
    def forgets(self, days: int) -> None:
        """Days later, mostly, as the clock is moved."""
        self.let_pass(days * DAY)
        self.both("timetable")
        self.both("forget")
