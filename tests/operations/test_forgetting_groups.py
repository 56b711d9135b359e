"""Forgetting groups: their name, contact and link go with the visit, and not before the last letter has left."""

from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.house.test_migrations import MIGRATIONS
from tests.operations.test_forgetting import AFTER, IN_TIME, sent
from tests.rosters.gate import Gate, build_gate, trail
from tests.rosters.test_allotments import aside, fill
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Allotment
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import check, forget_due, read_health, seal_names_of_groups
from tourbook.seal import FORGOTTEN

NAME = "김하늘 선생님 반"


@pytest.fixture
def gate(session: Session) -> Gate:
    found = build_gate()
    found.scene.now = parse_moment("2026-05-10T14:00")
    return found


def group(allotment: UUID) -> Allotment:
    db.session.rollback()
    return db.session.get_one(Allotment, allotment, populate_existing=True)


def test_the_name_of_a_group_goes_with_its_contact_and_every_figure_stays(gate: Gate, session: Session) -> None:
    allotment = aside(gate, name=NAME)
    fill(gate, allotment, 2)
    sent()
    before, seats = check(session, now=AFTER), group(allotment).seats
    session.rollback()

    assert forget_due(now=AFTER) == 2

    it, after = group(allotment), check(session, now=AFTER)
    assert (it.group_name, it.contact, it.token, it.seats) == ("", None, "", seats)
    assert (after.counts, after.findings) == (before.counts, before.findings)
    assert len(trail(session, "allotment_made")) == 1
    assert forget_due(now=AFTER) == 0


def test_a_group_whose_contact_was_forgotten_before_names_went_too_is_forgotten_now(gate: Gate) -> None:
    """Rows of a version that left the name."""
    allotment = aside(gate, name=NAME)
    sent()
    with transaction() as act:
        act.execute(update(Allotment).values(contact_sealed=None, token_sealed=FORGOTTEN))

    assert forget_due(now=AFTER) == 1
    assert group(allotment).group_name == ""


def written_in_plain(name: str) -> None:
    """What the code of before does: it knows the column of before alone."""
    with transaction() as act:
        act.execute(update(Allotment).values(group_name_before=name))


def columns(session: Session) -> tuple[str, bool]:
    """What stands in plain writing, and whether anything is sealed."""
    session.rollback()
    plain, sealed = session.execute(text("SELECT group_name, name_sealed FROM allotment")).one()
    return plain, bool(sealed)


def test_a_name_is_sealed_from_the_first(gate: Gate, session: Session) -> None:
    allotment = aside(gate, name=NAME)

    assert group(allotment).group_name == NAME
    assert columns(session) == ("", True)


@pytest.mark.parametrize("was_sealed", [True, False], ids=["sealed meanwhile", "never sealed"])
def test_what_the_code_of_before_wrote_is_read_and_sealed_by_the_timetable(
    gate: Gate, session: Session, *, was_sealed: bool
) -> None:
    allotment = aside(gate, name="파주초등학교")
    if not was_sealed:
        with transaction() as act:
            act.execute(update(Allotment).values(name_sealed=None))
    written_in_plain(NAME)

    assert group(allotment).group_name == NAME
    assert seal_names_of_groups(now=gate.now) == 1
    assert group(allotment).group_name == NAME
    assert columns(session) == ("", True)
    assert seal_names_of_groups(now=gate.now) == 0


def test_a_name_that_was_never_sealed_is_forgotten_too(gate: Gate, session: Session) -> None:
    aside(gate, name=NAME)
    written_in_plain(NAME)
    with transaction() as act:
        act.execute(update(Allotment).values(name_sealed=None, contact_sealed=None, token_sealed=FORGOTTEN))
    sent()

    assert forget_due(now=AFTER) == 1
    assert columns(session) == ("", False)


def test_going_back_is_refused_while_a_name_is_sealed(gate: Gate, session: Session) -> None:
    """The code of before would show groups without a name, and let nobody tell them apart."""
    aside(gate, name=NAME)
    revision = ScriptDirectory(str(MIGRATIONS)).get_revision("0042").module
    session.rollback()

    with Operations.context(MigrationContext.configure(session.connection())):
        with pytest.raises(RuntimeError, match="1 names of groups are sealed"):
            revision.downgrade()
        session.execute(text("UPDATE allotment SET name_sealed = NULL"))
        revision.downgrade()
        revision.upgrade()
    session.rollback()


def test_a_group_is_not_forgotten_while_a_letter_to_it_is_to_leave(gate: Gate, session: Session) -> None:
    allotment = aside(gate, name=NAME)

    assert forget_due(now=AFTER) == 0
    assert group(allotment).contact == "school@example.kr"

    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SUSPENDED))
    assert forget_due(now=AFTER) == 0
    assert read_health(session, now=AFTER.replace(day=AFTER.day + 3)).kept_too_long == 0

    sent()
    assert forget_due(now=AFTER) == 1
    assert group(allotment).contact is None


@pytest.mark.parametrize(("lang", "deleted"), [("ko", "이름 삭제됨"), ("en", "name deleted")])
def test_pages_of_a_group_that_was_forgotten_open_and_say_so(
    app: Flask, client: FlaskClient, clock: StandingClock, gate: Gate, lang: str, deleted: str
) -> None:
    allotment = aside(gate, name=NAME)
    fill(gate, allotment, 2)
    token = group(allotment).token
    sent()
    assert forget_due(now=IN_TIME) == 0
    forget_due(now=AFTER)
    clock.stand_at("2026-05-26T00:00")

    own = visit(client, f"/{lang}/groups/{token}")
    assert own.status == 200
    assert own.has("group-over")
    assert deleted in own.text

    assert sign_in(client, somebody(app, Role.OPERATOR, organisation="paju")).status == 302
    listed = visit(client, f"/{lang}/operator/departures/{gate.departure_id}/groups")
    shown = visit(client, f"/{lang}/operator/groups/{allotment}")
    assert deleted in words(listed.mark("group"))
    assert deleted in shown.text
    assert (NAME in own.html, NAME in listed.html, NAME in shown.html) == (False, False, False)


def test_a_group_that_was_never_released_is_forgotten_without_a_link_to_it(
    app: Flask, client: FlaskClient, clock: StandingClock, gate: Gate
) -> None:
    """Where no timetable has run, it was settled by nobody."""
    allotment = aside(gate, name=NAME)
    sent()
    forget_due(now=AFTER)
    clock.stand_at("2026-05-26T00:00")
    assert group(allotment).released_at is None
    assert sign_in(client, somebody(app, Role.OPERATOR, organisation="paju")).status == 302

    shown = visit(client, f"/ko/operator/groups/{allotment}")

    assert shown.status == 200
    assert not shown.has("group-address")
