"""Ten thousand bad posts and some bad addresses: everything is answered calmly, and nothing is done that was forged."""

from collections.abc import Callable

import pytest

from tests.fuzz.conftest import Known
from tests.fuzz.discovery import PAST_THE_GRACE, Target
from tests.fuzz.fuzzer import Finding, Fuzzer
from tests.fuzz.site import Site
from tourbook.web.access import Permission, declared

SHARES = [f"share {number}" for number in range(1, 9)]
POSTS = 1250
POSTS_ON_SQLITE = 600
UNSPOILT = 2000
ALONE = 200
CHANGE_NOTHING = {"admin.find_people", "operator.check_in_asked", "operator.find_now", "operator.search_roster"}


def sweep(known: Known, seed: str, posts: int) -> None:
    report = Fuzzer(*known, seed).run(posts)

    print(f"seed {seed!r}: {report}")
    assert report.posts == posts
    assert not report.findings, f"python -m tests.fuzz --seed {seed!r} --only NUMBER\n" + "\n".join(
        map(str, report.findings[:5])
    )


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES)
def test_whatever_is_posted_is_answered_calmly_on_postgresql(known: Callable[[str], Known], share: str):
    sweep(known("postgresql"), share, POSTS)


@pytest.mark.long
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
    "admin.end_sign_ins_of",
    "admin.invite_person_again",
    "admin.reopen",
    "admin.retire",
    "admin.withdraw_draw",
    "citizen.accept",
    "citizen.again",
    "citizen.check_now",
    "citizen.stand_back_now",
    "citizen.volunteer_now",
    "citizen.give_up_now",
    "citizen.own_date",
    "operator.check_in_party",
    "operator.hand_out_roster",
    "operator.number_gone",
    "operator.number_waits",
    "operator.revoke_handed_roster",
    "operator.send_roster_now",
    "operator.undo_admission",
    "second_factor.new_passkey_again",
    "signin.end_one",
    "signin.end_others",
    "signin.stay",
}


@pytest.mark.long
def test_every_act_is_also_done_so_that_the_sweep_gets_past_the_forms(known: Callable[[str], Known]):
    site, targets = known("sqlite")
    acts = {one.endpoint for one in targets if one.method == "POST"} - CHANGE_NOTHING

    posts = [one for one in targets if one.method == "POST"]
    done, findings = done_by(site, posts, UNSPOILT)
    for minutes_later in (0, PAST_THE_GRACE):  # some acts wait until a change cannot be taken back any more
        missed = acts - done
        site.restore()  # a preview that was looked at before another change counts no more
        alone = [one for one in posts if one.endpoint in missed]
        more, found = done_by(site, alone, ALONE * len(missed), minutes_later)
        done, findings = done | more, findings + found

    assert acts - done == set()
    assert not findings


def done_by(site: Site, posts: list[Target], number: int, minutes_later: int = 0) -> tuple[set[str], list[Finding]]:
    """Send so many of these as they came from their pages: which acts were done, and what was found."""
    report = Fuzzer(site, posts, "acts", spoilt=False, minutes_later=minutes_later).run(number)
    return set(report.done), report.findings
