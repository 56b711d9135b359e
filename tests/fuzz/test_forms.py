"""Ten thousand bad posts and some bad addresses: everything is answered calmly, and nothing is done that was forged."""

from collections.abc import Callable

import pytest

from tests.fuzz.conftest import Known
from tests.fuzz.fuzzer import Fuzzer
from tourbook.web.access import Permission, declared

SHARES = [f"share {number}" for number in range(1, 9)]
POSTS = 1250
POSTS_ON_SQLITE = 600
UNSPOILT = 2000
ALONE = 200
CHANGE_NOTHING = {"operator.find_now", "operator.search_roster"}


def sweep(known: Known, seed: str, posts: int) -> None:
    report = Fuzzer(*known, seed).run(posts)

    print(f"seed {seed!r}: {report}")
    assert report.posts == posts
    assert not report.findings, f"python -m tests.fuzz --seed {seed!r} --only NUMBER\n" + "\n".join(
        map(str, report.findings[:5])
    )


@pytest.mark.parametrize("share", SHARES)
def test_whatever_is_posted_is_answered_calmly_on_postgresql(known: Callable[[str], Known], share: str):
    sweep(known("postgresql"), share, POSTS)


def test_whatever_is_posted_is_answered_calmly_on_sqlite(known: Callable[[str], Known]):
    sweep(known("sqlite"), "sqlite", POSTS_ON_SQLITE)


def test_every_address_that_takes_a_post_is_tried_with_a_form_that_came_from_its_page(known: Callable[[str], Known]):
    site, targets = known("sqlite")

    takes_posts = {rule.endpoint for rule in site.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {one.endpoint for one in targets if one.method == "POST" and one.values} == takes_posts
    bare = {one.endpoint for one in targets if one.method == "POST" and set(dict(one.values)) <= {"csrf_token"}}
    assert {one for one in bare if declared(site.app, one) is not Permission.PUBLIC} <= WITHOUT_FIELDS


WITHOUT_FIELDS = {
    "admin.end_exception_now",
    "admin.withdraw_draw",
    "citizen.accept",
    "citizen.again",
    "citizen.check_now",
    "citizen.stand_back_now",
    "citizen.volunteer_now",
    "citizen.give_up_now",
    "citizen.own_date",
    "operator.number_gone",
    "operator.number_waits",
    "operator.send_roster_now",
    "operator.undo_admission",
}


def test_every_act_is_also_done_so_that_the_sweep_gets_past_the_forms(known: Callable[[str], Known]):
    site, targets = known("sqlite")
    acts = {one.endpoint for one in targets if one.method == "POST"} - CHANGE_NOTHING

    posts = [one for one in targets if one.method == "POST"]
    report = Fuzzer(site, posts, "acts", spoilt=False).run(UNSPOILT)
    missed = acts - set(report.done)
    site.restore()  # a preview that was looked at before another change counts no more
    alone = Fuzzer(site, [one for one in posts if one.endpoint in missed], "alone", spoilt=False).run(
        ALONE * len(missed)
    )

    assert missed - set(alone.done) == set()
    assert not report.findings + alone.findings
