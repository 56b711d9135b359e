"""A draw meets places set aside: they are not drawn, everybody reads so, and what ends unfilled goes to the reserve."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, settle_all
from tests.draws.lottery import TERMS, Lottery, application, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.operations.test_forgetting import sent
from tests.rosters.gate import run_by
from tourbook.actor import Actor
from tourbook.applications.models import State
from tourbook.db import db
from tourbook.draws import faults, published, read, written
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.operations import check, forget_due
from tourbook.rosters import GroupPlaces, allotments, release_allotment, set_aside

UNTIL = parse_moment("2026-06-25T18:00")
FORGET = parse_moment("2026-07-20T00:10")


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    clock.stand_at("2026-05-04T09:00")
    return build_lottery(capacity=10)


@pytest.fixture
def operator(lottery: Lottery) -> Actor:
    return run_by("paju", lottery.course_id)


def aside_before_the_draw(lottery: Lottery, operator: Actor, patch: pytest.MonkeyPatch, seats: int = 6) -> UUID:
    """As if it had been set aside before the draw was announced."""
    with patch.context() as before:
        before.setattr(allotments, "gives_by_draw", lambda *_: False)
        places = GroupPlaces("학교", seats, UNTIL)
        return set_aside(lottery.departures[0], places, form_id="aside", actor=operator, now=lottery.now)


def test_nothing_more_is_set_aside_where_a_draw_gives_the_places(lottery: Lottery, operator: Actor) -> None:
    with pytest.raises(Conflict, match="allotment_by_draw"):
        set_aside(lottery.departures[0], GroupPlaces("학교", 2, UNTIL), form_id="a", actor=operator, now=lottery.now)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ko", "추첨하지 않는 자리: 2026년 7월 11일(토) 10:00 (6자리)"), ("en", "not drawn: Sat 11 Jul 2026, 10:00")],
)
def test_the_page_of_a_draw_says_what_is_set_aside(
    lottery: Lottery, operator: Actor, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    assert not visit(client, f"/{lang}/draws/july").has("draw-set-aside")
    aside_before_the_draw(lottery, operator, monkeypatch)

    page = visit(client, f"/{lang}/draws/july")

    assert said in words(page.mark("draw-set-aside"))
    assert "24" in words(page.mark("all-places"))


def test_what_is_set_aside_is_not_drawn_and_what_ends_unfilled_goes_to_the_reserve(
    lottery: Lottery, operator: Actor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = lottery.departures[0]
    aside_before_the_draw(lottery, operator, monkeypatch)
    entries = [lottery.enter(morning, seats=4) for _ in range(2)]
    lottery.close()
    assert departure(morning).places_to_draw == 4
    lottery.draw()
    lottery.give()
    lottery.settle()
    states = sorted(application(one).state for one in entries)

    lottery.now = UNTIL
    settle_all(lottery)

    assert states == sorted([State.CONFIRMED, State.WAITING])
    [reserve] = [one for one in entries if application(one).state is not State.CONFIRMED]
    assert open_offer(reserve) is not None
    assert_sound(lottery, session)


def test_an_end_between_sealing_and_giving_gives_nothing_to_anybody_before_the_draw(
    lottery: Lottery, operator: Actor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = lottery.departures[0]
    allotment = aside_before_the_draw(lottery, operator, monkeypatch)
    entries = [lottery.enter(morning, seats=4) for _ in range(2)]
    lottery.close()

    release_allotment(allotment, actor=operator, now=lottery.now)
    lottery.settle()

    assert [application(one).state for one in entries] == [State.ENTERED] * 2
    assert departure(morning).places_to_draw == 4
    lottery.draw()
    lottery.give()
    lottery.settle()
    assert_sound(lottery, session)


def test_a_draw_is_verified_and_counted_alike_after_its_people_were_forgotten(
    lottery: Lottery, session: Session, client: FlaskClient
) -> None:
    entries = [lottery.enter(lottery.departures[0], lottery.departures[1], seats=4) for _ in range(4)]
    lottery.close()
    lottery.draw()
    lottery.give()
    lottery.settle()
    before = "".join(written(published(db.session(), lottery.round)))
    lottery.now = FORGET
    settle_all(lottery)
    sent()
    db.session.rollback()
    counted = check(session, now=FORGET).counts
    db.session.rollback()

    while forget_due(now=FORGET):
        pass

    assert all(application(one).forgotten_at for one in entries)
    after = "".join(written(published(db.session(), lottery.round)))
    assert (after, faults(read(after))) == (before, [])
    found = check(session, now=FORGET)
    assert (found.findings, found.counts) == ((), counted)
    assert visit(client, f"/ko/draws/july?receipt={application(entries[0]).reference}").status == 200
    assert TERMS.code in after
