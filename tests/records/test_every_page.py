"""Every page and file of staff, with people planted: what shows somebody has left a record of just these people."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.fuzz.site import Site, kept_site
from tests.ground.application import Grounds
from tests.ground.once_per_run import OncePerRun
from tourbook.accounts.models import Person
from tourbook.accounts.role_models import RoleGrant
from tourbook.actor import Role
from tourbook.applications import Appeal
from tourbook.applications.models import Application, Visitor
from tourbook.db import db
from tourbook.records.models import AccessRecord

Seen = dict[str, set[UUID]]
FEW = 6
FIELDS = ("name", "birth_date", "document", "contact", "appeal", "mail")
SHOW_PEOPLE = {
    "admin.appeal",
    "admin.disable_person",
    "admin.enable_person",
    "admin.give_role",
    "admin.person",
    "operator.clearance",
    "operator.clearance_file",
    "operator.manifest",
    "operator.print_roster",
    "operator.roster",
    "operator.roster_xlsx",
}
"""Pages and files that show people when they are opened; a new one is named here."""


@pytest.fixture(scope="module")
def site(grounds: Grounds, once_per_run: OncePerRun) -> Iterator[Site]:
    ground = grounds.on("sqlite")
    site = Site(ground, kept_site(once_per_run, ground))
    yield site
    site.close()


@pytest.fixture(scope="module")
def planted(site: Site) -> dict[str, dict[str, UUID]]:
    """For each field what was planted, and whose it is. Nothing of it stands anywhere by chance."""
    found: dict[str, dict[str, UUID]] = {name: {} for name in FIELDS}
    with site.ground.app.app_context():
        for number, visitor in enumerate(db.session.scalars(select(Visitor).order_by(Visitor.id))):
            visitor.name = f"심은꽃{number:04}"
            visitor.birth_date = (date(1931, 1, 1) + timedelta(days=number)).isoformat()
            visitor.document = f"PQ{number:07}"
            found["name"][visitor.name] = visitor.id
            found["birth_date"][visitor.birth_date] = visitor.id
            found["document"][visitor.document] = visitor.id
        for number, application in enumerate(db.session.scalars(select(Application).order_by(Application.id))):
            if application.contact:
                application.contact_way, application.contact = "mail", f"planted{number:04}@example.kr"
                found["contact"][application.contact] = application.id
        for number, appeal in enumerate(db.session.scalars(select(Appeal))):
            appeal.text = f"심은말{number:04}"
            found["appeal"][appeal.text] = appeal.application_id
        citizens = select(Person).where(Person.id.not_in(select(RoleGrant.person_id))).order_by(Person.id)
        for number, citizen in enumerate(db.session.scalars(citizens)):
            citizen.name, citizen.mail = f"심은벗{number:04}", f"friend{number:04}@example.kr"
            found["name"][citizen.name] = found["mail"][citizen.mail] = citizen.id
        db.session.commit()
        db.session.remove()
    return found


def words_of(answer: TestResponse) -> str:
    """What can be read in an answer; a spreadsheet is unpacked."""
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return unescape(answer.get_data().decode(errors="replace"))


def seen_in(text: str, planted: dict[str, dict[str, UUID]]) -> Seen:
    shown = {name: {of for value, of in values.items() if value in text} for name, values in planted.items()}
    return {name: people for name, people in shown.items() if people}


def recorded(site: Site, before: set[UUID]) -> tuple[Seen, set[UUID]]:
    """Whose records are new, by field; and all ids."""
    with site.ground.app.app_context():
        db.session.rollback()
        rows = db.session.scalars(select(AccessRecord)).all()
        found: Seen = defaultdict(set)
        for row in rows:
            for name in row.fields.split(",") if row.id not in before else ():
                found[name].add(row.subject_id)
        db.session.remove()
        return found, {row.id for row in rows}


def addresses(site: Site, role: Role) -> Iterator[tuple[str, str]]:
    """Every address that this staff may open, with a few objects of each kind."""
    blueprint = "operator" if role is Role.OPERATOR else "admin"
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blueprint}.") and "GET" in (rule.methods or ()):
            yield from (
                (rule.endpoint, adapter.build(rule.endpoint, {"lang": "ko", **one})) for one in _with(site, rule)
            )


def _with(site: Site, rule: object) -> Iterator[dict[str, str]]:
    names = sorted(rule.arguments - {"lang"})  # type: ignore[attr-defined]  # a rule of werkzeug
    most = max((len(site.objects.get(name, [])) for name in names), default=1)
    for number in range(min(most, FEW)):
        values = [site.objects.get(name) or ["0"] for name in names]
        yield {name: each[number % len(each)] for name, each in zip(names, values, strict=True)}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_what_shows_people_leaves_records_of_them(site: Site, planted: dict[str, dict[str, UUID]], role: Role) -> None:
    browser = next(one for one in site.browsers if one.role is role)
    client = FlaskClient(site.app)
    client.set_cookie("sid", browser.cookie)
    showing, faults, ids = set(), [], recorded(site, set())[1]
    with site.standing():
        for endpoint, address in addresses(site, role):
            answer = client.get(address)
            new, ids = recorded(site, ids)
            if endpoint == "operator.manifest":  # letters of a PDF are numbers of pictures
                answer = client.get(address.replace("manifest.pdf", "print"))
                ids = recorded(site, ids)[1]
            seen = seen_in(words_of(answer), planted)
            if seen or new:
                showing.add(endpoint)
            if not _fits(seen, new):
                faults.append((address, answer.status_code, seen, dict(new)))

    assert faults == []
    assert showing == {one for one in SHOW_PEOPLE if one.startswith("operator." if role is Role.OPERATOR else "admin.")}


def _fits(seen: Seen, new: Seen) -> bool:
    """Every field of everybody who is seen is recorded, and nobody is recorded who is not seen."""
    covered = all(people <= new.get(name, set()) for name, people in seen.items())
    everybody = {one for people in seen.values() for one in people}
    return covered and {one for people in new.values() for one in people} == everybody


def test_the_sweep_sees_a_reading_that_is_not_recorded(
    site: Site, planted: dict[str, dict[str, UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tourbook.rosters.reading.record_reading", lambda *_, **__: None)

    with pytest.raises(AssertionError, match="operator/departures"):
        test_what_shows_people_leaves_records_of_them(site, planted, Role.OPERATOR)
