"""Places set aside for a group: within the allowance, filled by its parties, and free for everybody by themselves."""

from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import ENTRIES_OF_TESTS, assert_sound, departure, open_offer, settle_all, state, told
from tests.rosters.gate import Gate, gate_party, operator_of, trail
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, cancel, hold, hold_again, remind_groups
from tourbook.applications.allotments import filled
from tourbook.applications.models import Allotment, Application, State
from tourbook.db import db, new_id
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.operations import Proposal, apply_change, call_off_departure, check, preview
from tourbook.rosters import (
    GroupPlaces,
    change_allotment,
    enter_by_telephone,
    release_allotment,
    set_aside,
)

ENDS = "2026-05-16T18:00"
CONTACT = ("mail", "school@example.kr")


@pytest.fixture(autouse=True)
def _while_applications_are_open(gate: Gate) -> None:
    gate.scene.now = parse_moment("2026-05-10T14:00")


def places(seats: int = 6, **changed: object) -> GroupPlaces:
    values: dict[str, object] = {
        "name": "파주초등학교",
        "seats": seats,
        "releases_at": parse_moment(ENDS),
        "contact": CONTACT,
    }
    return GroupPlaces(**{**values, **changed})  # type: ignore[arg-type]  # fields by name


def aside(gate: Gate, seats: int = 6, *, form_id: str = "aside", **changed: object) -> UUID:
    return set_aside(gate.departure_id, places(seats, **changed), form_id=form_id, actor=gate.operator, now=gate.now)


def change(
    gate: Gate,
    allotment: UUID,
    seats: int = 6,
    *,
    form_id: str = "change",
    made_from: str | None = None,
    **changed: object,
) -> None:
    act = partial(change_allotment, allotment, places(seats, **changed), actor=gate.operator, now=gate.now)
    act(form_id=form_id, made_from=made_from)


def fill(gate: Gate, allotment: UUID, people: int = 2, *, form_id: str = "fill") -> UUID:
    party = gate_party(people, contact=("sms", "+821012345678"))
    return enter_by_telephone(
        gate.departure_id, party, form_id=form_id, allotment_id=allotment, actor=gate.operator, now=gate.now
    ).application_id


def type_for(gate: Gate, allotment: UUID, seats: int = 2) -> UUID:
    """Somebody of the group begins to type, by its link."""
    form = f"group {new_id()}"
    asked = Asked(seats, False, form, form, "ko", None, allotment)
    return hold(gate.departure_id, asked, form_id=form, actor=GUEST, now=gate.now).application_id


def figures(gate: Gate) -> tuple[int, int, int | None]:
    found = departure(gate.departure_id)
    return found.seats_taken, found.public_free, found.seats_allotted


def refused(act: object, *args: object, **named: object) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **named)  # type: ignore[operator]  # any act of this file
    return refusal.value.code


def test_what_is_set_aside_is_taken_and_the_group_is_told_with_its_own_link(gate: Gate, session: Session) -> None:
    allotment = aside(gate)

    assert figures(gate) == (6, 4, 6)
    assert told(session, allotment) == ["group_set_aside"]
    assert trail(session, "allotment_made")[0].facts["seats"] == 6
    assert "파주초등학교" not in str(trail(session, "allotment_made")[0].facts)
    assert refused(gate.scene.hold, gate.departure_id, 5) == "full"
    assert_sound(gate.scene, session)


def test_the_same_form_sets_aside_once(gate: Gate) -> None:
    assert aside(gate) == aside(gate)
    assert figures(gate) == (6, 4, 6)


def test_its_parties_take_their_places_out_of_it_and_give_them_back_to_it(gate: Gate, session: Session) -> None:
    allotment = aside(gate)

    party = fill(gate, allotment, 4)
    full = figures(gate)
    short = refused(fill, gate, allotment, 3, form_id="another")
    cancel(party, actor=GUEST, now=gate.now)

    assert (full, short) == ((6, 4, 2), "allotment_short")
    assert figures(gate) == (6, 4, 6)
    assert_sound(gate.scene, session)


def test_the_party_limit_holds_for_each_party_of_a_group(gate: Gate) -> None:
    assert refused(fill, gate, aside(gate, 8), 6) == "party_too_large"


def test_what_is_typed_in_vain_is_the_groups_again_and_can_be_typed_anew(gate: Gate, session: Session) -> None:
    allotment = aside(gate)
    typed = type_for(gate, allotment, 4)
    held = figures(gate)

    gate.scene.now += timedelta(minutes=20)
    settle_all(gate)
    ran_out = figures(gate)
    hold_again(typed, actor=GUEST, now=gate.now)

    assert [held, ran_out, figures(gate)] == [(6, 4, 2), (6, 4, 6), (6, 4, 2)]
    assert_sound(gate.scene, session)


def test_it_ends_by_itself_first_for_those_who_wait_then_for_everybody(gate: Gate, session: Session) -> None:
    allotment = aside(gate, 8)
    fill(gate, allotment, 3)
    waits = gate.scene.apply(gate.departure_id, 4, wait=True)

    gate.scene.now = parse_moment(ENDS)
    settle_all(gate)

    assert open_offer(waits) is not None
    assert figures(gate) == (7, 3, None)
    assert told(session, allotment) == ["group_set_aside", "group_released"]
    assert refused(fill, gate, allotment, 1, form_id="late") == "allotment_over"
    assert_sound(gate.scene, session)


def test_whoever_asks_first_after_its_end_finds_the_places_free(gate: Gate, session: Session) -> None:
    """No timetable has been there: the act itself settles what is due."""
    aside(gate, 10)
    gate.scene.now = parse_moment(ENDS)

    gate.scene.hold(gate.departure_id, 5)

    assert figures(gate) == (5, 5, None)
    assert_sound(gate.scene, session)


def test_released_now_it_frees_what_is_nobodys_once(gate: Gate, session: Session) -> None:
    allotment = aside(gate)
    party = fill(gate, allotment, 2)

    freed = [release_allotment(allotment, actor=gate.operator, now=gate.now) for _ in range(2)]

    assert freed == [4, 0]
    assert figures(gate) == (2, 8, None)
    assert state(party) == State.CONFIRMED
    assert_sound(gate.scene, session)


def test_a_smaller_size_takes_places_without_a_name_first_and_says_why(gate: Gate, session: Session) -> None:
    allotment = aside(gate, 6)
    parties = [fill(gate, allotment, 2), gate.apply(3)]

    order = gate.scene.add_order("half", "2026-05-01", "2026-12-31")
    settle_all(gate)
    cut = figures(gate)
    gate.scene.withdraw(order)
    settle_all(gate)

    assert cut == (5, 0, 0)
    assert [state(one) for one in parties] == [State.CONFIRMED] * 2
    assert told(session, allotment)[-1] == "group_lost"
    assert figures(gate) == (5, 5, 0)
    assert db.session.get_one(Allotment, allotment).yielded == 4
    assert_sound(gate.scene, session)


def test_a_party_that_lost_its_places_has_no_part_in_the_allotment_any_more(gate: Gate, session: Session) -> None:
    allotment = aside(gate, 6)
    party = fill(gate, allotment, 4)

    order = gate.scene.add_order("closed", "2026-05-01", "2026-12-31")
    settle_all(gate)
    gate.scene.withdraw(order)
    settle_all(gate)

    assert state(party) == State.DISPLACED
    assert db.session.get_one(Application, party, populate_existing=True).allotment_id is None
    assert open_offer(party) is not None
    assert figures(gate) == (4, 6, 0)
    assert_sound(gate.scene, session)


def test_a_call_off_ends_it_with_the_reason(gate: Gate, session: Session) -> None:
    allotment = aside(gate)

    call_off_departure(gate.departure_id, reason_ko="비", reason_en="rain", actor=gate.operator, now=gate.now)

    assert told(session, allotment) == ["group_set_aside", "group_lost"]
    assert filled(session, db.session.get_one(Allotment, allotment, populate_existing=True)).left == 0
    assert figures(gate)[::2] == (0, None)
    assert_sound(gate.scene, session)


def test_it_can_be_filled_before_anybody_may_apply(gate: Gate, session: Session) -> None:
    gate.scene.now = parse_moment("2026-04-10T14:00")
    allotment = aside(gate)

    assert state(fill(gate, allotment, 2)) == State.CONFIRMED
    assert_sound(gate.scene, session)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"seats": 11}, "allotment_full"),
        ({"seats": 0}, "allotment_too_small"),
        ({"name": " "}, "group_name_missing"),
        ({"releases_at": parse_moment("2026-05-19T00:01")}, "allotment_too_late"),
        ({"releases_at": parse_moment("2026-05-10T14:00")}, "allotment_past"),
    ],
)
def test_what_cannot_be_set_aside(gate: Gate, changed: dict[str, object], code: str) -> None:
    assert refused(aside, gate, **changed) == code


def test_nothing_is_set_aside_while_somebody_waits(gate: Gate) -> None:
    gate.apply(5)
    gate.apply(4)
    gate.scene.apply(gate.departure_id, 3, wait=True)

    assert refused(aside, gate, 1) == "allotment_others_wait"


def test_until_the_last_deadline_of_the_course_and_no_longer(gate: Gate) -> None:
    aside(gate, 2, releases_at=parse_moment("2026-05-19T00:00"))

    assert figures(gate) == (2, 8, 2)


def test_it_is_changed_within_what_is_free_and_what_is_filled(gate: Gate, session: Session) -> None:
    allotment = aside(gate, 4)
    fill(gate, allotment, 3)

    below = refused(change, gate, allotment, 2)
    above = refused(change, gate, allotment, 11)
    change(gate, allotment, 8)
    larger = figures(gate)
    change(gate, allotment, 3, form_id="smaller")

    assert (below, above, larger) == ("allotment_below_filled", "allotment_full", (8, 2, 5))
    assert figures(gate) == (3, 7, 0)
    assert_sound(gate.scene, session)


def test_another_organisations_allotment_does_not_exist(gate: Gate) -> None:
    allotment = aside(gate)
    gate.operator = operator_of(new_id())

    assert refused(change, gate, allotment) == "allotment_unknown"
    assert refused(release_allotment, allotment, actor=gate.operator, now=gate.now) == "allotment_unknown"
    assert refused(aside, gate, form_id="other") == "departure_of_others"


def remind(gate: Gate, moment: str) -> list[str]:
    gate.scene.now = parse_moment(moment)
    while remind_groups(now=gate.now):
        pass
    return told(db.session(), _only().id)[1:]


def _only() -> Allotment:
    return db.session.scalars(select(Allotment)).one()


def test_a_group_is_reminded_three_days_and_one_day_before_by_day(gate: Gate) -> None:
    aside(gate)

    heard = [remind(gate, at) for at in ("2026-05-13T17:00", "2026-05-13T18:00", "2026-05-14T10:00")]
    again = [remind(gate, at) for at in ("2026-05-15T18:00", "2026-05-15T19:00", "2026-05-15T23:00")]

    assert [len(one) for one in heard + again] == [0, 1, 1, 2, 2, 2]
    assert set(again[-1]) == {"group_reminder"}


def test_who_has_filled_everything_is_not_reminded(gate: Gate) -> None:
    fill(gate, aside(gate, 2), 2)

    assert remind(gate, "2026-05-15T19:00") == []


def test_the_recount_finds_an_allotment_that_its_departure_does_not_know_of(gate: Gate, session: Session) -> None:
    aside(gate)
    departure(gate.departure_id).seats_allotted = None
    session.commit()

    assert {one.invariant for one in check(session, now=gate.now).findings} >= {2, 27}


def test_the_recount_finds_a_group_that_has_more_than_is_set_aside(gate: Gate, session: Session) -> None:
    allotment = aside(gate)
    fill(gate, allotment, 4)
    db.session.get_one(Allotment, allotment).seats = 3
    session.commit()

    assert 27 in {one.invariant for one in check(session, now=gate.now).findings}


def test_the_preview_of_a_cut_counts_places_without_a_name_as_it_takes_them(gate: Gate, session: Session) -> None:
    allotment = aside(gate, 8)
    fill(gate, allotment, 2)
    order = Order(
        entry=ENTRIES_OF_TESTS,
        region_code="41",
        announced_at=gate.now,
        known_at=gate.now,
        effective_from=date(2026, 5, 14),
        planned_until=date(2026, 5, 30),
        applies_at=gate.now,
        scale="s",
        level="half",
    )
    proposal = Proposal((lambda session: session.add(order),), Words("변경", "A change"))

    shown = preview(proposal, now=gate.now)
    apply_change(proposal, foreseen=shown.foreseen, expected_version=shown.version, actor=COMMAND, now=gate.now)
    settle_all(gate)

    assert (shown.now.unnamed, shown.now.moves, dict(shown.now.notices)) == (3, [], {"group_lost": 1})
    assert db.session.get_one(Allotment, allotment, populate_existing=True).yielded == 3
    assert told(session, allotment)[-1] == "group_lost"
    assert_sound(gate.scene, session)
