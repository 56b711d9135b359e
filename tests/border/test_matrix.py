"""Every route x everybody x every method x own, others' and no object: as declared, and nothing else."""

from collections.abc import Callable

import pytest

from tests.border.matrix import ALL_METHODS, Asking, Judged, addresses, methods, unknown_role
from tests.border.world import World
from tests.ground.tables import table
from tourbook.actor import Role
from tourbook.web import access, holder
from tourbook.web.access import Permission, declared

FURTHER = [role.value for role in Role if role not in {Role.CITIZEN, Role.OPERATOR, Role.ADMINISTRATOR}]
PEOPLE = [
    "stranger",
    "holder",
    "by link",
    "half signed in",
    "setting up",
    "citizen",
    "careful citizen",
    "other citizen",
    "operator",
    "other operator",
    "administrator",
    *FURTHER,
]
PRESSED_TWICE = {"citizen.forget_companion"}
"""The second press finds it gone and says so; so does somebody else's press, which changes nothing."""
NEVER_THERE = {("citizen.draw_result", "GET")}
"""No draw of this site is drawn yet; tests/web/citizen/test_draws.py opens it."""


def judged(world: World, name: str) -> Judged:
    asking = Asking(world, name)
    with world.unchanged():
        asking.refused()
        asking.undeclared()
    asking.allowed()
    return asking.judged


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_gets_what_is_declared_and_nothing_else(
    world: World, name: str, record_property: Callable[[str, object], None]
):
    found = judged(world, name)

    told = ("open", "not there", "same words", "other duties", "sign in", "405")
    cells = [found.cells[one] for one in told]
    record_property(table("Who may do what: cells by expected answer"), [name, *cells, sum(cells)])
    assert not found.faults, "\n".join(found.faults[:20])
    assert found.once_more <= PRESSED_TWICE
    assert found.cells["405"] >= 100


def test_everybody_who_may_come_is_asked_for(world: World):
    assert set(world.browsers) == set(PEOPLE)
    assert {browser.role for browser in world.browsers.values()} == {None, *Role}
    assert not list(filter(unknown_role, Permission)), "say in tests/border/matrix.py whose it is"


def test_every_route_opens_to_somebody(world: World):
    opened = set()
    for name in ("citizen", "careful citizen", "holder", "half signed in", "operator", "administrator"):
        asking = Asking(world, name)
        asking.allowed()
        opened |= asking.judged.opened

    every = {(rule.endpoint, method) for rule in world.rules() for method in methods(rule)}
    assert every - opened == NEVER_THERE


def test_no_address_takes_a_method_that_it_does_not_declare(world: World):
    adapter = world.adapter
    for address, declared_methods in addresses(world):
        path = address.partition("?")[0]
        taken = {method for method in ALL_METHODS if adapter.test(path, method=method)}
        assert taken == declared_methods & set(ALL_METHODS), path


@pytest.mark.parametrize("name", ["stranger", "operator"])
def test_what_a_page_can_do_is_told_to_nobody_who_may_not_open_it(world: World, name: str):
    for rule in world.rules():
        needed = declared(world.app, rule.endpoint)
        for thing in world.things(rule)[:1]:
            answer = world.ask(name, world.address(rule, thing.ids), "OPTIONS")
            assert answer.status_code != 200 or answer.get_data() == b"", rule.rule
            if needed is Permission.ADMINISTRATOR:
                assert answer.status_code in {302, 403}, rule.rule


# -- controls: each guard taken away leaves faults --------------------------------------------------------------------


def test_without_the_check_of_roles_the_matrix_is_red(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(access, "ROLES", {})
    asking = Asking(world, "citizen")

    asking.refused()

    assert any(
        "/admin/trail.csv" in fault and "open instead of other duties" in fault for fault in asking.judged.faults
    )
    assert len(asking.judged.faults) >= 100


def test_without_the_check_of_owners_the_matrix_is_red(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(holder, "_is_own", lambda application: True)
    asking = Asking(world, "other citizen")

    asking.refused()

    assert any("open instead of not there" in fault for fault in asking.judged.faults)
    assert any("other words" in fault for fault in asking.judged.faults)
