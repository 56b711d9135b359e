"""The migrations make exactly what the models say, on both databases."""

import re
from datetime import date, time, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.accounts.people import actor_of, somebody
from tests.applications.scene import build_scene, settle_all
from tests.clearance.office import build_office
from tests.draws.lottery import build_lottery
from tests.ground.moments import StandingClock
from tests.house.sources import REPOSITORY, sources
from tests.operations.staff import administrator, build_staff, grant_of
from tourbook import clock
from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.roles import roles_of
from tourbook.actor import COMMAND, Role
from tourbook.applications.models import Application, PriorityRight, Visitor
from tourbook.courses import end_measure, ends_of_measures
from tourbook.courses.models import SiteMeasure
from tourbook.db import db, transaction
from tourbook.draws import tallies
from tourbook.kst import in_seoul
from tourbook.operations import end_role

MIGRATIONS = REPOSITORY / "migrations"
CITIZEN, OPERATOR, ADMINISTRATOR = Role


def test_there_is_one_head():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_revisions_are_numbered_without_a_gap():
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))

    assert [int(re.match(r"(\d{4})_", name)[1]) for name in names] == list(range(1, len(names) + 1))


def test_revisions_stand_on_their_own():
    leaning = [
        source.name
        for source in sources(under=("migrations/versions/",))
        if re.search(r"(?m)^\s*(from|import) (tourbook|config)\b", source.text)
    ]

    assert not leaning, "a revision that imports the models changes when they do"


def test_migrations_build_the_models(session: Session):
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})

    assert compare_metadata(context, db.metadata) == []


def test_every_constraint_has_the_name_that_the_convention_gives(session: Session):
    nameless = [
        f"{table.name}: {constraint}"
        for table in db.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert not nameless


def test_a_browser_that_had_two_holds_keeps_the_newer(session: Session):
    scene = build_scene()
    walks = [scene.add_departure(f"2026-05-2{day}T10:00") for day in range(3)]
    older, newer, other = (scene.hold(walk, browser=name) for walk, name in zip(walks, ("a", "b", "c"), strict=True))
    one_hold = ScriptDirectory(str(MIGRATIONS)).get_revision("0003").module
    session.rollback()
    with Operations.context(MigrationContext.configure(session.connection())):
        one_hold.downgrade()
        session.get_one(Application, older).browser_hash = session.get_one(Application, newer).browser_hash
        session.flush()
        one_hold.upgrade()

    session.expire_all()
    hashes = [session.get_one(Application, one).browser_hash for one in (older, newer, other)]
    assert [one is None for one in hashes] == [True, False, False]


def test_the_end_of_a_measure_that_was_decided_or_planned_is_kept(session: Session):
    scene = build_scene()
    decided, planned = (
        scene.add_measure("2026-05-10", until="2026-06-30"),
        scene.add_measure("2026-06-10", until="2026-06-20"),
    )
    with transaction() as act:
        end_measure(act, decided, until=date(2026, 5, 20), actor=COMMAND, now=scene.now)
    keeps_ends = ScriptDirectory(str(MIGRATIONS)).get_revision("0005").module
    with Operations.context(MigrationContext.configure(session.connection())):
        keeps_ends.downgrade()
        before = session.execute(text("SELECT planned_until, effective_until FROM site_measure ORDER BY entry")).all()
        keeps_ends.upgrade()

    assert [tuple(map(str, row)) for row in before] == [("2026-06-30", "2026-05-20"), ("None", "2026-06-20")]
    kept = {one: session.get_one(SiteMeasure, one, populate_existing=True).planned_until for one in (decided, planned)}
    assert kept == {decided: date(2026, 6, 30), planned: date(2026, 6, 20)}
    [(ended, [end])] = ends_of_measures(session).items()
    assert (ended, end.decided_at, end.last_day) == (decided, scene.now, date(2026, 5, 20))


def test_the_numbers_of_rounds_that_were_sealed_before_are_counted(session: Session):
    lottery = build_lottery(capacity=5)
    for choices in (lottery.departures[:2], lottery.departures[:2], lottery.departures[2:]):
        lottery.enter(*choices, seats=4)
    lottery.close()
    lottery.draw()
    counted = tallies(session, lottery.round_id)
    assert [(one.parties, one.drawn_people) for one in counted.values()] == [(2, 4), (0, 4), (1, 4)]
    draws = ScriptDirectory(str(MIGRATIONS)).get_revision("0020").module
    session.execute(text("UPDATE sealed_places SET parties = 0, people = 0, drawn_parties = 0, drawn_people = 0"))

    draws._count(session.connection())

    assert tallies(session, lottery.round_id) == counted


def test_rights_that_had_no_end_get_one_which_is_counted_from_the_update(session: Session):
    scene = build_scene()
    scene.apply(scene.add_departure("2026-05-20T10:00"), 2)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    session.execute(update(PriorityRight).values(lasts_until=None))

    ScriptDirectory(str(MIGRATIONS)).get_revision("0022").module._end_rights(session.connection())

    session.expire_all()
    until = session.scalars(select(PriorityRight.lasts_until)).one()
    assert in_seoul(until).time() == time()
    assert timedelta(days=365) < until - clock.of_the_machine() <= timedelta(days=367)


def test_whoever_was_refused_before_the_update_is_kept_out_too(session: Session):
    office = build_office()
    party = office.apply(2)
    office.submit()
    refused = office.refuse(party).id
    session.execute(update(Visitor).values(kept_out=False))

    ScriptDirectory(str(MIGRATIONS)).get_revision("0024").module._keep_out(session.connection())

    session.expire_all()
    assert session.scalars(select(Visitor.id).where(Visitor.kept_out)).all() == [refused]


def test_roles_of_before_are_kept_and_going_back_keeps_what_holds(app: Flask, session: Session, clock: StandingClock):
    staff = build_staff(app)
    citizen = staff.person_id
    gone = administrator(app, "gone@example.kr").person_id
    closed = actor_of(somebody(app, Role.OPERATOR)).person_id
    assert gone
    assert closed
    told = {"reason": "이동", "actor": staff.admin, "now": clock.now}
    end_role(grant_of(gone), last_day=None, **told)
    roles = ScriptDirectory(str(MIGRATIONS)).get_revision("0038").module
    session.rollback()
    with Operations.context(MigrationContext.configure(session.connection())):
        roles.downgrade()
        went_back = dict(session.execute(select(Person.id, Person.role_before)).all())
        session.execute(update(Person).where(Person.id == closed).values(disabled_at=clock.now))
        roles.upgrade()
    session.expire_all()

    assert went_back == {staff.admin.person_id: ADMINISTRATOR, gone: CITIZEN, closed: OPERATOR, citizen: CITIZEN}
    (admin,), (operator,) = (roles_of(session, one) for one in (staff.admin.person_id, closed))
    assert (admin.grant.role, admin.span.ends_at, admin.grant.given_by) == (ADMINISTRATOR, None, "command")
    assert (operator.grant.role, operator.span.ends_at) == (OPERATOR, clock.now)
    assert operator.grant.organisation_id == session.scalars(select(Organisation.id)).one()
    assert roles_of(session, gone) == roles_of(session, citizen) == []
