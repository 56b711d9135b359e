"""The fairness report, read from the tables of a small world."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests.applications.scene import Scene, open_offer, settle_all
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, decline_offer
from tourbook.applications.models import Application, Channel
from tourbook.db import new_id, transaction
from tourbook.operations import call_off_departure
from tourbook.reports import Fairness, Given, Period, fairness, shown_to_everybody

WALK = "2026-05-25T10:00"
NEXT_WALK = "2026-05-26T10:00"
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


def report(session: Session, scene: Scene, period: Period = MAY) -> Fairness:
    session.rollback()
    return fairness(session, period, now=scene.now)


def chances(found: Fairness, way: str, given: Given = Given.IN_TURN) -> dict[object, tuple[int, int, int]]:
    return {which: (one.asked, one.got, one.open) for which, one in found.chances[given][way].items()}


def test_who_waits_is_open_and_who_only_held_seats_has_not_asked(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 4)
    scene.apply(walk, 4)
    scene.apply(walk, 2, wait=True)
    scene.hold(scene.add_departure(NEXT_WALK), 3)

    found = report(session, scene)

    assert chances(found, "size") == {2: (1, 0, 1), 4: (1, 1, 0)}
    assert list(chances(found, "region")) == ["41480"]


def test_after_the_departure_who_waited_to_the_end_got_nothing(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 4)
    scene.apply(walk, 4)
    scene.apply(walk, 2, wait=True)
    scene.now += timedelta(days=30)
    settle_all(scene)

    assert chances(report(session, scene), "size") == {2: (1, 0, 0), 4: (1, 1, 0)}


def test_a_party_counts_with_the_size_with_which_it_asked(scene: Scene, session: Session) -> None:
    shrunk = scene.apply(scene.add_departure(WALK), 3)
    with transaction() as writing:
        writing.get_one(Application, shrunk).seats = 1

    assert chances(report(session, scene), "size") == {3: (1, 1, 0)}


def test_how_often_somebody_asked_is_counted_by_the_first_of_the_party(scene: Scene, session: Session) -> None:
    first, second = scene.add_departure(WALK), scene.add_departure(NEXT_WALK)
    scene.apply(first, 2, names=["김하나", "이두리"])
    cancel(scene.apply(second, 2, names=["김하나", "박세찬"]), actor=GUEST, now=scene.now)
    scene.apply(second, 2, names=["김하나", "박세찬"])
    scene.apply(second, 2, names=["이두리", "최다섯"])

    assert chances(report(session, scene), "attempt") == {1: (2, 2, 0), 2: (1, 1, 0), 3: (1, 1, 0)}


def test_channels_are_told_apart_and_the_gate_is_left_out(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK)
    called, walked_up = scene.apply(walk, 2), scene.apply(walk, 2)
    scene.apply(walk, 2)
    with transaction() as writing:
        writing.get_one(Application, called).channel = Channel.TELEPHONE
        writing.get_one(Application, walked_up).channel = Channel.WALK_UP

    assert chances(report(session, scene), "channel") == {"telephone": (1, 1, 0), "web": (1, 1, 0)}


def test_only_departures_of_the_days_and_of_the_course_count(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure(WALK), 2)
    scene.apply(scene.add_departure(NEXT_WALK), 2)
    one_day = Period(date(2026, 5, 25), date(2026, 5, 25))

    assert chances(report(session, scene, one_day), "course") == {scene.course_id: (1, 1, 0)}
    assert report(session, scene, Period(MAY.first, MAY.last, new_id())).is_empty


def test_whoever_lost_places_and_got_others_got_places_and_the_wait_is_counted(scene: Scene, session: Session) -> None:
    lost = scene.apply(scene.add_departure(WALK), 3)
    scene.apply(scene.add_departure("2026-05-25T14:00"), 2)
    scene.add_measure("2026-05-25", "2026-05-25")
    settle_all(scene)
    scene.now += timedelta(days=2)
    scene.add_departure(NEXT_WALK, 3)
    settle_all(scene)
    offer = open_offer(lost)
    assert offer is not None
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    found = report(session, scene)

    assert chances(found, "size") == {2: (1, 0, 0), 3: (1, 1, 0)}
    (moved,) = found.moved
    assert moved.figures == {
        "displaced": 2,
        "people": 5,
        "asked_to_shrink": 0,
        "offered": 1,
        "back": 1,
        "waiting": 1,
    }
    assert moved.what.kind == "file"
    waiting = found.waiting["after_losing"]
    assert (waiting.parties, waiting.classes) == (1, (0, 1, 0, 0, 0))
    assert waiting.median is not None
    assert abs(waiting.median - 2) < 0.01
    assert found.waiting["on_the_list"].parties == 0


def test_whoever_was_promoted_from_the_list_waited_from_joining_it(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 4)
    first = scene.apply(walk, 4)
    waits = scene.apply(walk, 2, wait=True)
    scene.now += timedelta(hours=12)
    cancel(first, actor=GUEST, now=scene.now)
    offer = open_offer(waits)
    assert offer is not None
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    waiting = report(session, scene).waiting["on_the_list"]

    assert (waiting.parties, waiting.classes) == (1, (1, 0, 0, 0, 0))


def test_a_party_that_must_become_smaller_is_counted_with_its_change(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure(WALK), 5)
    scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)

    (moved,) = report(session, scene).moved

    assert (moved.figures["asked_to_shrink"], moved.figures["displaced"]) == (1, 0)


def test_a_call_off_is_a_change_of_its_own_the_latest_first(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK)
    offered = scene.apply(walk, 2)
    scene.apply(scene.add_departure(NEXT_WALK), 2)
    scene.add_measure("2026-05-26", "2026-05-26")
    settle_all(scene)
    scene.now += timedelta(hours=1)
    call_off_departure(walk, reason_ko="폭우", reason_en="Heavy rain", actor=COMMAND, now=scene.now)
    scene.add_departure("2026-05-28T10:00", 2)
    settle_all(scene)
    offer = open_offer(offered)
    assert offer is not None
    decline_offer(offer.id, actor=GUEST, now=scene.now)

    called_off, measure = report(session, scene).moved

    assert (called_off.what.kind, called_off.what.name.en) == ("call_off", "Walk")
    assert [called_off.figures[name] for name in ("displaced", "people", "offered", "back")] == [1, 2, 1, 0]
    assert measure.figures["displaced"] == 1


def test_everybody_sees_no_figure_of_fewer_than_five_parties(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 12)
    for _ in range(6):
        scene.apply(walk, 2)
    scene.apply(scene.add_departure(NEXT_WALK), 3)
    scene.add_measure("2026-05-26", "2026-05-26")
    settle_all(scene)

    shown = shown_to_everybody(report(session, scene))

    sizes = shown.chances[Given.IN_TURN]["size"]
    assert all(sizes[size].hidden for size in (2, 3)), "two classes: the total would give the smaller away"
    assert not shown.whole[Given.IN_TURN].hidden
    assert shown.moved[0].figures == {
        "displaced": None,
        "people": None,
        "asked_to_shrink": 0,
        "offered": 0,
        "back": 0,
        "waiting": None,
    }
