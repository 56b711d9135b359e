"""Who came by a change that is taken back goes before anything of those who were there before."""

from uuid import UUID

from tests.applications.test_plan import DAY, HOUR, NOW, party, situation
from tests.applications.test_plan_orders import read_last_first
from tests.applications.test_putting_back import offer, told
from tourbook.applications.decided import Limit
from tourbook.applications.parties import Allotted, Party
from tourbook.applications.plan import plan


def came(*parties: Party) -> frozenset[UUID]:
    return frozenset(one.id for one in parties)


def test_who_came_since_goes_before_offers_and_holds_of_those_who_were_there() -> None:
    seated, holds, waits = party(1, "confirmed", 2), party(2, "held", 2), party(3, "waiting", 2)
    new = party(4, "confirmed", 2)
    of = situation(seated, holds, waits, new, offers=(offer(waits),), newcomers=came(new), offers_from=NOW + DAY)

    assert told(plan(of, Limit(6, None), NOW)) == [("displace", "R004")]


def test_of_those_who_came_offers_end_first_then_holds_then_places_the_last_first() -> None:
    before = party(1, "confirmed", 2)
    seated, later, holds, waits = (
        party(2, "confirmed", 1),
        party(3, "confirmed", 1),
        party(4, "held", 1),
        party(5, "waiting", 1),
    )
    new = {"newcomers": came(seated, later, holds, waits), "offers": (offer(waits),), "offers_from": NOW + DAY}
    of = situation(before, seated, later, holds, waits, **new)
    left = [("revoke", "R005"), ("release", "R004"), ("displace", "R003"), ("displace", "R002")]

    for gone in range(4):
        assert told(plan(of, Limit(6 - gone, None), NOW)) == left[:gone]
    assert sorted(told(plan(of, Limit(2, None), NOW))) == sorted(left)
    assert sorted(told(plan(of, Limit(1, None), NOW))) == sorted([*left, ("displace", "R001")])


def test_of_those_who_came_the_first_to_be_confirmed_stay_in_whatever_order_they_were_read() -> None:
    new = read_last_first(party(1, "confirmed", 2), party(2, "confirmed", 2))

    assert told(plan(situation(*new, newcomers=came(*new), offers_from=NOW + DAY), Limit(2, None), NOW)) == [
        ("displace", "R002")
    ]


def test_places_set_aside_before_stay_before_who_came_since_and_those_set_aside_since_do_not() -> None:
    new = party(1, "confirmed", 2)
    before = Allotted(UUID(int=20), 2, NOW - DAY, NOW + DAY)
    since = Allotted(UUID(int=21), 2, NOW - HOUR, NOW + DAY)
    of = situation(new, allotments=(before, since), newcomers=came(new) | {since.id})

    assert [plan(of, Limit(size, None), NOW).seats_taken for size in (6, 5, 4, 3, 2, 1)] == [6, 5, 4, 2, 2, 1]
    assert [(one.id, one.left) for one in plan(of, Limit(3, None), NOW).allotments] == [(before.id, 2), (since.id, 0)]
    assert told(plan(of, Limit(4, None), NOW)) == []
    assert told(plan(of, Limit(3, None), NOW)) == [("displace", "R001")]


def test_what_is_too_large_now_makes_room_for_who_came_since() -> None:
    holds, new = party(1, "held", 4), party(2, "confirmed", 2)
    of = situation(holds, new, newcomers=came(new))

    assert told(plan(of, Limit(4, 3), NOW)) == [("release", "R001")]
