"""Whoever was taken back by name, or left out as refused, and travels after all: named again, and checked again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, open_offer, settle_all, state, told
from tests.clearance.office import NIS, UNC, Office, choice_about, reference
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import accept_offer
from tourbook.applications.models import State
from tourbook.clearance import Answer, Listed, Standing
from tourbook.clearance.models import VisitorClearance
from tourbook.courses.models import SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import raise_version


def close_the_day(office: Office) -> UUID:
    """Everybody loses their places."""
    measure = office.scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(office.scene)
    return measure


def open_it_again(office: Office, measure: UUID, *parties: UUID) -> None:
    """These parties take their own date, which is open again."""
    with transaction() as session:
        row = session.get_one(SiteMeasure, measure)
        row.planned_until = row.effective_from - timedelta(days=1)
        raise_version(session)
    settle_all(office.scene)
    for party in parties:
        accept_offer(open_offer(party).id, actor=GUEST, now=office.scene.now)
        assert state(party) is State.CONFIRMED


def by_nis(office: Office, party: UUID) -> Standing:
    """Where the first of a party stands with the NIS."""
    shown = clearance.read_clearance(office.departure_id, actor=office.operator, now=office.scene.now)
    return next(one.checked.by[NIS] for one in shown.people if one.checked.visitor.id == visitors(party)[0].id)


def upcoming(office: Office) -> clearance.NextList:
    """What would be handed over to the NIS now."""
    return clearance.read_clearance(office.departure_id, actor=office.operator, now=office.scene.now).upcoming[NIS]


def test_a_party_that_was_taken_back_and_has_its_places_again_is_named_again(office: Office, session: Session) -> None:
    party = office.at("2026-05-13T10:00").apply(2)
    office.submit()
    measure = close_the_day(office)
    office.submit()
    open_it_again(office.at("2026-05-14T10:00"), measure, party)

    amendment = upcoming(office)

    assert list(amendment.listed.values()) == [Listed.CAME] * 2
    assert office.submit() == 3
    assert by_nis(office, party) is Standing.SUBMITTED
    assert_sound(office.scene, session)


def test_until_it_is_named_again_nothing_that_was_answered_before_counts(office: Office, session: Session) -> None:
    party = office.at("2026-05-13T10:00").apply(1)
    office.submit()
    office.reply(f"{reference(party)},1,cleared,gut")
    measure = close_the_day(office)
    office.submit()
    open_it_again(office.at("2026-05-14T10:00"), measure, party)

    before = by_nis(office, party)
    office.submit()

    session.expire_all()
    row = session.scalars(select(VisitorClearance)).one()
    assert before is Standing.READY
    assert (row.standing, row.answered_at, row.note) == (Standing.SUBMITTED, None, None)
    assert_sound(office.scene, session)


def test_a_party_that_no_list_has_taken_back_yet_stays_in_it(office: Office) -> None:
    party = office.at("2026-05-13T10:00").apply(1)
    office.submit()
    open_it_again(office.at("2026-05-14T10:00"), close_the_day(office), party)

    assert list(upcoming(office).listed.values()) == [Listed.STAYS]
    assert by_nis(office, party) is Standing.SUBMITTED


def test_whoever_was_left_out_as_refused_and_is_let_in_after_all_stays_as_the_authority_said(
    office: Office, session: Session
) -> None:
    party = office.apply(1)
    office.submit()
    visitor = office.refuse(party)
    joining = office.apply(1)
    office.submit()
    office.reply(f"{reference(party)},1,cleared,")

    after_all = upcoming(office)

    assert not after_all.has_news
    assert after_all.listed == {visitor.id: Listed.STAYS, visitors(joining)[0].id: Listed.STAYS}
    assert by_nis(office, party) is Standing.CLEARED


def test_whoever_another_authority_refused_and_then_let_in_is_named_again(office: Office, session: Session) -> None:
    party = office.apply(1)
    for authority in (NIS, UNC):
        office.submit(authority)
    office.reply(f"{reference(party)},1,refused,", authority=UNC)
    office.submit()  # for the NIS they went
    office.reply(f"{reference(party)},1,cleared,", authority=UNC)

    assert office.submit() == 3
    assert by_nis(office, party) is Standing.SUBMITTED
    assert_sound(office.scene, session)


def ask_all(office: Office) -> None:
    while clearance.ask_due(now=office.scene.now):
        pass


def test_a_party_that_has_its_places_again_is_asked_about_somebody_refused_meanwhile(
    office: Office, session: Session
) -> None:
    party = office.at("2026-05-13T10:00").apply(2)
    office.submit()
    measure = close_the_day(office)
    visitor = office.refuse(party)
    open_it_again(office.at("2026-05-14T10:00"), measure, party)

    ask_all(office)

    assert choice_about(visitor).deadline > office.scene.now
    assert told(session, party)[-1] == "clearance_refused"
    assert told(session, party).count("clearance_refused") == 1
    assert_sound(office.scene, session)


def test_a_question_that_came_to_nothing_while_the_party_had_no_places_is_put_again(
    office: Office, session: Session
) -> None:
    party = office.at("2026-05-10T10:00").apply(2)
    office.submit()
    visitor = office.refuse(party)
    measure = close_the_day(office)
    office.scene.now = choice_about(visitor).deadline
    clearance.close_due(now=office.scene.now)
    came_to_nothing = choice_about(visitor).answer
    ask_all(office)  # it has no places: nobody is asked
    open_it_again(office, measure, party)

    ask_all(office)

    assert came_to_nothing is Answer.MOOT
    assert choice_about(visitor).answer is None
    assert told(session, party).count("clearance_refused") == 2


def test_nobody_is_asked_twice_or_after_the_start(office: Office, session: Session) -> None:
    party = office.at("2026-05-13T10:00").apply(2)
    office.submit()
    office.refuse(party)
    ask_all(office)
    late = office.apply(2)
    office.submit()
    office.at("2026-05-20T10:00").refuse(late)

    ask_all(office)

    assert told(session, party).count("clearance_refused") == 1
    assert "clearance_refused" not in told(session, late)
