"""What somebody reads whom a draw left over while its course is stopped: why nobody goes, and nothing of no use."""

from tests.draws.lottery import Lottery, last_facts, last_of
from tests.draws.test_holding import SWINE_FEVER, let_the_timetable_look, stop
from tourbook.applications.models import State
from tourbook.db import db
from tourbook.notices import Kind, Way, previewed


def letters_to_one_not_drawn(
    lottery: Lottery, first: str, until: str | None
) -> tuple[dict, dict[tuple[str, str], str]]:
    """What somebody reads whom the draw left over on the morning that was stopped after its value had come."""
    morning, noon, _ = lottery.departures
    entries = [lottery.enter(morning, noon, seats=5) for _ in range(9)]
    lottery.close()
    lottery.draw()
    stop(lottery, first, until)
    let_the_timetable_look(lottery)
    lottery.give()
    reserve = next(one for one in entries if last_of(one).state is State.WAITING and last_of(one).id == one)
    facts = last_facts(db.session(), reserve)
    ways = [(language, way) for language in ("ko", "en") for way in (Way.MAIL, Way.SMS)]
    bodies = {
        (language, way.value): previewed(Kind.NOT_DRAWN, facts, language=language, way=way).body
        for language, way in ways
    }
    return facts, bodies


def test_whoever_a_stopped_draw_left_over_hears_of_the_stop_and_of_no_smaller_party(lottery: Lottery) -> None:
    facts, letters = letters_to_one_not_drawn(lottery, "2026-07-01", None)

    assert (facts["closed"], facts["none_runs"]) == (True, True)
    assert [one["closed"] for one in facts["dates"]] == [True]
    for (language, _way), body in letters.items():
        assert SWINE_FEVER[f"reason_{language}"] in body
        assert "일행을 줄이시면" not in body
        assert "party smaller" not in body
        assert "too large" not in body
        assert "인원이 많아" not in body
    assert "모두 운영하지 않습니다" in letters["ko", "mail"]
    assert "no departure of this draw runs" in letters["en", "mail"]
    assert "누구나" not in letters["ko", "sms"]
    assert "free for everybody" not in letters["en", "sms"]


def test_where_other_departures_of_the_draw_run_what_is_left_over_is_for_everybody_as_promised(
    lottery: Lottery,
) -> None:
    facts, letters = letters_to_one_not_drawn(lottery, "2026-07-11", "2026-07-11")

    assert (facts["closed"], facts["none_runs"]) == (True, False)
    assert SWINE_FEVER["reason_en"] in letters["en", "mail"]
    assert "free for everybody from" in letters["en", "sms"]
    assert "누구나 신청할 수 있습니다" in letters["ko", "sms"]
