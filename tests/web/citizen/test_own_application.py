"""An application's page: where it stands, what can be done, and how it is found again."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure, settle_all, state, told
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.rosters.gate import run_by
from tests.web.citizen.people import Citizen, reference_on
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.notices import Notice, NoticeState
from tourbook.operations import call_off_departure


def row(session: Session, reference: str) -> Application:
    session.rollback()
    return session.scalars(select(Application).where(Application.reference == reference)).one()


def link_to(session: Session, reference: str) -> str:
    return f"/a/{row(session, reference).token}"


def test_the_link_of_a_notice_opens_the_application_anywhere(
    scene: Scene, session: Session, citizen: Citizen, somebody
) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00")))

    opened = somebody("en").open(link_to(session, reference))

    assert opened.has("confirmed")
    assert reference in opened.address
    assert "/a/" not in opened.address


def test_a_message_is_on_its_way_only_until_it_was_sent(scene: Scene, session: Session, citizen: Citizen) -> None:
    page = citizen.apply(scene.add_departure("2026-05-20T10:00"))
    assert "연락처로 보내 드립니다" in words(page.mark("confirmed"))

    with transaction() as acting:
        for notice in acting.scalars(select(Notice)):
            notice.state = NoticeState.SENT
    later = citizen.open(f"/applications/{reference_on(page)}")

    assert later.has("confirmed")
    assert "연락처로 보내 드립니다" not in later.text


def test_the_answer_to_a_search_is_always_the_same(scene: Scene, session: Session, citizen: Citizen, somebody) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00")))
    application = row(session, reference)
    searches = [
        (reference.lower().replace("-", " "), application.contact),
        (reference, "no@example.kr"),
        ("X", "a@b.kr"),
    ]

    answers = []
    for typed, contact in searches:
        seeker = somebody()
        form = seeker.open("/find").form(mark="find-form")
        answers.append(form.submit(seeker.client, reference=typed, contact=contact))

    assert {page.address for page in answers} == {answers[0].address}
    assert told(session, application.id).count("link") == 1


def test_one_form_sends_one_link_for_each_application_that_it_names(
    scene: Scene, session: Session, citizen: Citizen, somebody
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    mine, theirs = (row(session, reference_on(one.apply(walk))) for one in (citizen, somebody()))
    form = citizen.open("/find").form(mark="find-form")

    for one in (mine, mine, theirs):
        assert form.submit(citizen.client, reference=one.reference, contact=one.contact).has("find-answer")

    session.rollback()
    assert [told(session, one.id).count("link") for one in (mine, theirs)] == [1, 1]


def test_links_are_sent_three_times_an_hour_at_most(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00")))
    application = row(session, reference)

    def search() -> None:
        form = citizen.open("/find").form(mark="find-form")
        form.submit(citizen.client, reference=reference, contact=application.contact)

    for _ in range(5):
        search()
    clock.move(hours=1, minutes=1)
    search()

    session.rollback()
    assert told(session, application.id).count("link") == 4


def test_cancelling_says_what_follows_and_frees_the_places(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk, 2)

    asked = citizen.open(f"/applications/{reference_on(done)}/cancel")
    gone = asked.form(mark="cancel-form").submit(citizen.client)
    twice = asked.form(mark="cancel-form").submit(citizen.client)

    assert asked.has("consequences")
    assert gone.has("cancelled")
    assert twice.has("cancelled")
    assert departure(walk).seats_taken == 0


def test_one_visitor_can_stay_away(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk, 2, "김하나", "김두리")

    asked = citizen.open(done.marked("cancel-visitor")[1].get("href", "").removeprefix("/ko"))
    left = asked.form(mark="cancel-form").submit(citizen.client)

    assert words(done.marked("cancel-visitor")[1]).startswith("이 방문자 신청 취소")
    assert asked.heading == "방문자 한 분의 신청을 취소할까요?"
    assert "김두리" in asked.text
    assert "김두리" not in left.text
    assert not left.has("cancel-visitor")
    assert departure(walk).seats_taken == 1


def test_what_is_cancelled_already_is_not_asked_about_again(scene: Scene, citizen: Citizen) -> None:
    page = citizen.apply(scene.add_departure("2026-05-14T10:00"), 1)
    way = f"/applications/{reference_on(page)}/cancel"
    citizen.open(way).form(mark="cancel-form").submit(citizen.client)

    again = citizen.open(way)

    assert not again.has("cancel-form")
    assert again.has("cancelled")


def test_the_last_visitor_is_not_asked_about_alone(scene: Scene, citizen: Citizen) -> None:
    """Whoever goes alone cancels the application; an address from before somebody left leads back to it."""
    page = citizen.apply(scene.add_departure("2026-05-14T10:00"), 2)
    ways = [link.get("href", "").removeprefix("/ko") for link in page.marked("cancel-visitor")]
    citizen.open(ways[0]).form(mark="cancel-form").submit(citizen.client)

    left = citizen.open(ways[1])

    assert not left.has("cancel-form")
    assert left.has("confirmed")


def test_whoever_waits_is_not_told_that_others_wait_for_these_places(scene: Scene, citizen: Citizen, somebody) -> None:
    walk = scene.add_departure("2026-05-14T10:00", 2)
    somebody().apply(walk, 2)

    page = citizen.apply(walk, 2)

    assert "뒤에 계신 분들의 순서가 앞당겨집니다." in page.text
    assert "15분 동안 대기 순번을 맡아 둡니다. 시간은 2번 늘릴 수 있습니다." in citizen.open(f"/departures/{walk}").text
    cancelling = citizen.open(page.marked("cancel-visitor")[0].get("href", "").removeprefix("/ko"))
    assert "다른 분께" not in words(cancelling.mark("consequences"))


def test_a_visitor_of_somebody_else_cannot_be_cancelled(scene: Scene, citizen: Citizen, somebody) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    theirs = somebody().apply(walk, 2).marked("cancel-visitor")[0].get("href", "")
    mine = citizen.apply(walk, 2)
    visitor = theirs.split("/visitors/")[1]

    assert citizen.open(f"/applications/{reference_on(mine)}/visitors/{visitor}").status == 404
    assert citizen.open(theirs.removeprefix("/ko")).status == 404


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_offer_is_answered_from_the_link_without_signing_in(
    scene: Scene, session: Session, citizen: Citizen, somebody, answer: str
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first = citizen.apply(walk, 2)
    waiting = reference_on(somebody().apply(walk, 2))
    citizen.open(f"/applications/{reference_on(first)}/cancel").form(mark="cancel-form").submit(citizen.client)

    reader = somebody("en")
    page = reader.open(link_to(session, waiting))
    if answer == "accept":
        after = page.form(to="/accept").submit(reader.client)
    else:
        asked = reader.open(page.mark("decline").get("href", "").removeprefix("/en"))
        after = asked.form(mark="decline-form").submit(reader.client)

    assert page.has("offer")
    assert after.has("confirmed" if answer == "accept" else "cancelled")
    assert state(row(session, waiting).id) == (State.CONFIRMED if answer == "accept" else State.CANCELLED)


def test_an_offer_that_is_over_is_said_to_be_so(
    scene: Scene, session: Session, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first = citizen.apply(walk, 2)
    waiting = reference_on(somebody().apply(walk, 2))
    citizen.open(f"/applications/{reference_on(first)}/cancel").form(mark="cancel-form").submit(citizen.client)
    clock.move(hours=23)
    reader = somebody()
    offered = reader.open(link_to(session, waiting))
    clock.move(hours=2)

    late = offered.form(to="/accept").submit(reader.client)

    assert "5월 5일" in late.text
    assert not late.has("offer")


def test_a_displaced_party_reads_why_and_that_it_comes_first(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk, 2)
    scene.add_order("closed", "2026-05-10")
    settle_all(clock)

    page = citizen.open(f"/applications/{reference_on(done)}")

    assert page.has("displaced")
    assert "단계 closed" in page.text
    assert page.has("right")
    assert "남겨 두지 않습니다" in words(page.mark("right-rule"))


def test_somebody_who_was_displaced_alone_reads_nothing_of_larger_parties(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    done = citizen.apply(scene.add_departure("2026-05-20T10:00"), 1)
    scene.add_order("closed", "2026-05-10")
    settle_all(clock)

    page = citizen.open(f"/applications/{reference_on(done)}")

    assert page.has("right")
    assert not page.has("right-rule")


def test_a_displaced_party_moves_to_another_date_and_finds_both(
    scene: Scene, session: Session, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    first = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(first, 2))
    scene.add_order("closed", "2026-05-10", "2026-05-24", ends_by_itself=True)
    scene.add_order("open", "2026-05-25")
    scene.add_departure("2026-05-26T10:00")
    settle_all(clock)
    reader = somebody()

    offered = reader.open(link_to(session, reference))
    moved = offered.form(to="/accept").submit(reader.client)
    old = reader.open(f"/applications/{reference}")

    assert "5월 20일" in words(offered.mark("another-date"))
    assert "권리는" in words(offered.mark("another-date"))
    assert moved.has("confirmed")
    assert reference not in moved.address
    assert old.has("moved")
    assert old.mark("successor").get("href", "") in moved.address


def test_a_party_that_must_shrink_reads_until_when_and_settles_it_itself(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk, 3)
    scene.add_order("open", "2026-05-10", party_max=2)
    settle_all(clock)

    page = citizen.open(f"/applications/{reference_on(done)}")
    asked = citizen.open(page.marked("cancel-visitor")[0].get("href", "").removeprefix("/ko"))
    after = asked.form(mark="cancel-form").submit(citizen.client)

    assert page.has("must-shrink")
    assert "2026년 5월 5일(화) 09:00" in page.text
    assert after.has("confirmed")


@pytest.mark.parametrize(("size", "goes_to_nobody"), [("over", True), ("within", False)])
def test_who_leaves_a_departure_over_its_size_reads_that_nobody_gets_the_place(
    scene: Scene, citizen: Citizen, size: str, goes_to_nobody: bool
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(walk, 3))
    with transaction() as acting:
        acting.get_one(Departure, walk).over_capacity = size == "over"

    page = citizen.open(f"/applications/{reference}")
    one = citizen.open(page.marked("cancel-visitor")[0].get("href", "").removeprefix("/ko"))
    everybody = citizen.open(f"/applications/{reference}/cancel")

    assert ("다른 분께 넘어가지 않습니다" in words(one.mark("consequences"))) is goes_to_nobody
    assert ("다른 분께 넘어갑니다" in words(one.mark("consequences"))) is not goes_to_nobody
    assert ("다른 분들이 신청하실 수 있으며" in words(everybody.mark("consequences"))) is not goes_to_nobody


@pytest.mark.parametrize(("moment", "is_open"), [("2026-05-18T23:00", True), ("2026-05-19T00:00", False)])
def test_that_one_can_apply_again_is_said_only_while_that_is_so(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock, moment: str, is_open: bool
) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00"), 3))
    clock.stand_at(moment)
    citizen.open(link_to(session, reference))

    asked = citizen.open(f"/applications/{reference}/cancel")
    given_back = citizen.open(f"/applications/{reference}/release")
    done = asked.form(mark="cancel-form").submit(citizen.client)

    again = "2026년 5월 18일(월) 24:00까지 다시 신청"
    assert [again in page.text for page in (asked, given_back, done)] == [is_open] * 3
    assert not any("언제든지 다시" in page.text for page in (asked, given_back, done))


@pytest.mark.parametrize("waits", [True, False])
def test_that_others_wait_is_said_only_where_somebody_does(
    scene: Scene, citizen: Citizen, somebody, waits: bool
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=3)
    reference = reference_on(citizen.apply(walk, 3))
    if waits:
        scene.apply(walk, 2, wait=True)

    pages = [citizen.open(f"/applications/{reference}{more}") for more in ("", "/release")]

    assert ["기다리는 분들" in page.text for page in pages] == [waits] * 2


def test_a_party_whose_departure_was_called_off_cancels_one_and_keeps_its_turn(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk, 3)
    operator = run_by("paju", scene.course_id)
    call_off_departure(walk, reason_ko="폭우", reason_en="heavy rain", actor=operator, now=clock.now)

    page = citizen.open(f"/applications/{reference_on(done)}")
    asked = citizen.open(page.marked("cancel-visitor")[0].get("href", "").removeprefix("/ko"))
    after = asked.form(mark="cancel-form").submit(citizen.client)

    assert page.has("called-off")
    assert "순서" in words(asked.mark("consequences"))
    assert "나머지 분들의 순서는 그대로입니다" in after.text
    assert len(after.marked("visitor")) == 2


def test_who_waits_for_what_is_closed_reads_that_and_not_that_the_party_is_too_large(
    scene: Scene, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    somebody().apply(walk, 2)
    done = citizen.apply(walk, 1)
    scene.add_order("closed", "2026-05-10")
    settle_all(clock)

    page = citizen.open(f"/applications/{reference_on(done)}")

    assert "운영하지 않습니다" in words(page.mark("set-aside"))


def test_a_departure_that_was_called_off_tells_its_reason(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    with transaction() as session:
        row = session.get_one(Departure, walk)
        row.called_off_at, row.called_off_ko, row.called_off_en = scene.now, "폭우", "heavy rain"

    page = citizen.open(f"/departures/{walk}")

    assert "폭우" in page.text
    assert not page.has("party")


def test_what_was_sent_is_listed_with_the_application(scene: Scene, session: Session, citizen: Citizen) -> None:
    done = citizen.apply(scene.add_departure("2026-05-20T10:00"))

    page = citizen.open(f"/applications/{reference_on(done)}")

    assert "확정 안내" in page.text
    assert session.scalars(select(Notice)).one().kind == "confirmed"
