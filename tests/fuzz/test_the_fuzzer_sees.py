"""The sweep is worth nothing unless it sees a fault: here are some, planted where a good answer stood."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import pytest
from flask import Flask, redirect, request

from tests.fuzz.cases import make_case
from tests.fuzz.conftest import Known
from tests.fuzz.fuzzer import Fuzzer, Report
from tourbook import audit, clock
from tourbook.actor import GUEST
from tourbook.courses import course_by_code
from tourbook.db import transaction
from tourbook.web.access import Permission, permission

WHERE = "citizen.find_now"
POSTS = 150
PAGE = '<!doctype html><html lang="{lang}"><head><title>찾기</title></head><body><h1>찾기</h1>{typed}</body></html>'


@permission(Permission.PUBLIC)
def fails(**_: object) -> None:
    raise ZeroDivisionError


@permission(Permission.PUBLIC)
def echoes(**_: object) -> str:
    return PAGE.format(lang=request.path[1:3], typed=" ".join(request.form.values()))


@permission(Permission.PUBLIC)
def leads_away(**_: object) -> object:
    return redirect("https://evil.example/" if "evil.example" in str(request.form) else "/ko/")


@permission(Permission.PUBLIC)
def obeys(**_: object) -> object:
    with transaction() as session:
        course = course_by_code(session, "paju")
        audit.record(session, "roster_read", subject=course, actor=GUEST, now=clock.now())
    return redirect("/ko/")


@contextmanager
def planted(app: Flask, view: Callable[..., object] | None, *, guarded: bool = True) -> Iterator[None]:
    """Another view where the search for an application stands; without its guard it takes forged forms."""
    good = app.view_functions[WHERE]
    name = f"{(view or good).__module__}.{(view or good).__name__}"
    if view:
        app.view_functions[WHERE] = view
    if not guarded:
        app.extensions["csrf"]._exempt_views.add(name)
    try:
        yield
    finally:
        app.view_functions[WHERE] = good
        app.extensions["csrf"]._exempt_views.discard(name)


def sweep(known: Known, view: Callable[..., object] | None, *, guarded: bool = True) -> Report:
    site, targets = known
    with planted(site.app, view, guarded=guarded):
        return Fuzzer(site, [one for one in targets if one.endpoint == WHERE], "planted").run(POSTS)


def found(report: Report) -> str:
    return "\n".join(finding.what for finding in report.findings)


@pytest.mark.parametrize(
    ("view", "sign"),
    [
        (fails, "answered with 500"),
        (fails, "ZeroDivisionError"),
        (echoes, "echoes 'fz<q>' unescaped"),
        (leads_away, "leads away to"),
    ],
)
def test_a_planted_fault_is_seen(known: Callable[[str], Known], view: Callable[..., object], sign: str):
    assert sign in found(sweep(known("sqlite"), view))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_change_by_a_forged_form_is_seen(known: Callable[[str], Known], dialect: str):
    assert "a forged form changed something" in found(sweep(known(dialect), obeys, guarded=False))


def test_the_same_place_without_a_fault_is_found_good(known: Callable[[str], Known]):
    assert not sweep(known("sqlite"), None).findings
    assert "changed something" not in found(sweep(known("sqlite"), obeys))


def test_a_seed_and_a_number_give_the_same_case_again(known: Callable[[str], Known]):
    site, targets = known("sqlite")
    browsers = {browser.name: browser for browser in site.browsers}

    first, again = ([make_case(targets, browsers, Random(f"x/{n}")) for n in range(60)] for _ in range(2))

    assert list(map(str, first)) == list(map(str, again))
    assert [case.body for case in first] == [case.body for case in again]
