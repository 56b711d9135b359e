"""The fuzz site with everybody who may come, whose each object is, and what one of them is answered."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.accounts.people import somebody
from tests.fuzz.discovery import ask
from tests.fuzz.oddities import PLAUSIBLE
from tests.fuzz.site import Browser, Kept, Site, kept_site
from tests.ground.application import Ground, build_app
from tests.ground.once_per_run import OncePerRun
from tests.ground.pages import Page
from tests.web.signing import sign_in
from tourbook.accounts import person_by_mail
from tourbook.accounts.models import Awaits, Companion, Organisation, Passkey, Person
from tourbook.actor import Role
from tourbook.applications.models import Allotment, Application, Offer, Visitor
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import db
from tourbook.distancing.models import Change
from tourbook.kst import civil_day
from tourbook.rosters import StandbyNumber
from tourbook.rosters.models import HandedRoster
from tourbook.web.access import Permission, declared

FILLED_IN = {
    **PLAUSIBLE,
    "attendance": "arrived",
    "shown": "1",
    "fee": "paid",
    "task": "gate",
    "course": "paju",
    "reason": "weather",
    "visitors-0-name": "김하늘",
    "visitors-0-birth_date": "1990-01-01",
    "visitors-0-nationality": "KR",
    "text": "reference,visitor,answer",
}
ASKED = "scale=4level&level=1&whose=course:paju"
"""For the one page that is about what its query names."""
PARTY = ("application_id", "reference", "visitor_id", "offer_id")
DUTY = ("departure_id", "application_id", "visitor_id", "allotment_id", "roster_id", "number_id", "day")

Ids = dict[str, str]


class Thing(NamedTuple):
    """What a route is asked about: what stands in its address, and who owns it; None: nobody in particular."""

    ids: Ids
    owner: str | None


class Peopled(NamedTuple):
    """A site with everybody who may come, as it was kept."""

    kept: Kept
    linked: str


class World:
    """One site; `browsers` by name. Objects are read once, addresses and answers are made as often as asked."""

    def __init__(self, ground: Ground, once_per_run: OncePerRun) -> None:
        peopled = once_per_run.made("world", lambda: _peopled(Site(ground, kept_site(once_per_run, ground))))
        self.linked = peopled.linked
        self.site = Site(ground, peopled.kept)
        self.app = self.site.app
        self.adapter = self.app.url_map.bind("localhost")
        self.browsers = {one.name: one for one in self.site.browsers}
        with self.site.standing():
            self.tokens = {name: self._token(browser) for name, browser in self.browsers.items()}
            self._owners = _Owners()
            self._objects = {**self.site.objects, **_further()}

    def rules(self) -> list[Rule]:
        """Every route, in a fixed order."""
        return sorted(self.app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint))

    def needed(self, rule: Rule) -> Permission:
        """Who may use it, as the application declares it."""
        return declared(self.app, rule.endpoint)

    def address(self, rule: Rule, ids: Ids) -> str:
        """The address of that route with these ids in it."""
        values = {name: rule._converters[name].to_python(ids[name]) for name in rule.arguments - {"lang"}}
        language = {"lang": "ko"} if "lang" in rule.arguments else {}
        method = "POST" if "GET" not in (rule.methods or ()) else "GET"
        query = "" if ids or method == "POST" else f"?{ASKED}"
        return self.adapter.build(rule.endpoint, {**language, **values}, method=method) + query

    def things(self, rule: Rule) -> list[Thing]:
        """What it may be asked about, each with its owner; one thing without ids where it is about nothing."""
        return list(self._owners.things(rule, self.needed(rule), self._objects))

    def holds(self, browser: Browser, owner: str | None) -> bool:
        """Is what belongs to this owner that browser's?"""
        return owner is None or owner == browser.organisation or owner in self._held[browser.name]

    @cached_property
    def engine(self) -> Engine:
        """That of the application as in production."""
        with self.app.app_context():
            return db.engine

    @cached_property
    def _held(self) -> dict[str, set[str]]:
        with self.site.ground.app.app_context():
            applications = db.session.scalars(select(Application)).all()
            held: dict[str, set[str]] = {name: set() for name in self.browsers}
            for name in ("citizen", "other citizen", "careful citizen"):
                mail = "careful" if name == "careful citizen" else name.replace(" ", "-")
                person = person_by_mail(db.session(), f"{mail}@example.kr")
                assert person is not None
                held[name] = {str(one.id) for one in applications if one.person_id == person.id} | {str(person.id)}
            held["holder"] = {str(one.id) for one in applications}
            held["by link"] = {self.linked}
            db.session.remove()
        return held

    def ask(self, browser: str, address: str, method: str = "GET", *, filled: bool = False) -> TestResponse:
        """One request, with the browser's own token against forgery; `filled`: with every field that there is."""
        sent = {}
        if method == "POST":
            form = {**FILLED_IN, "form_id": secrets.token_hex(8)} if filled else {}
            sent = {"data": {**form, "csrf_token": self.tokens[browser]}}
        return ask(self.app, self.browsers[browser], address, method=method, buffered=True, **sent)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What happens inside leaves every table as it was."""
        before = self.site.fingerprint()
        yield
        assert self.site.fingerprint() == before, "tables were changed"

    def _token(self, browser: Browser) -> str:
        page = Page(ask(self.app, browser, "/ko/find"), "http://localhost/ko/find")
        return next(str(form.values["csrf_token"]) for form in page.forms if "csrf_token" in form.values)


class _Owners:
    """Whose each object of the site is, by its kind and id: a party, an account, an organisation."""

    def __init__(self) -> None:
        session = db.session
        parties = session.execute(
            select(Application.id, Application.reference, Organisation.code, Application.departure_id)
            .join(Course, Course.id == Application.course_id)
            .join(Organisation, Organisation.id == Course.organisation_id)
        ).all()
        self.party = {str(party): str(party) for party, *_ in parties}
        self.party |= {reference: str(party) for party, reference, *_ in parties}
        self.reference = {str(party): reference for party, reference, *_ in parties}
        visitors = session.execute(select(Visitor.id, Visitor.application_id)).all()
        offers = session.execute(select(Offer.id, Offer.application_id)).all()
        self.party |= {str(one): str(party) for one, party in (*visitors, *offers)}
        self.office = {str(party): code for party, _, code, _ in parties}
        departures = session.execute(
            select(Departure.id, Organisation.code, Departure.starts_at)
            .join(Course, Course.id == Departure.course_id)
            .join(Organisation, Organisation.id == Course.organisation_id)
        ).all()
        self.office |= {str(one): code for one, code, _ in departures}
        for model in (Allotment, StandbyNumber, HandedRoster):
            rows = session.execute(select(model.id, model.departure_id)).all()
            self.office |= {str(one): self.office[str(departure)] for one, departure in rows}
        self.office |= {str(one): self.office[str(party)] for one, party in visitors}
        days: dict[str, set[str]] = {}
        for _, code, starts_at in departures:
            days.setdefault(civil_day(starts_at).isoformat(), set()).add(code)
        self.office |= {day: codes.pop() for day, codes in days.items() if len(codes) == 1}
        self.account = {str(one.id): str(one.person_id) for one in session.scalars(select(Companion))}
        self.account |= {str(one.id): str(one.person_id) for one in session.scalars(select(Passkey))}
        assert session.scalar(select(Person.id).limit(1))

    def things(self, rule: Rule, needed: Permission, objects: dict[str, list[str]]) -> Iterator[Thing]:
        """What that route may be asked about. Where ids belong together, they do."""
        names = rule.arguments - {"lang"}
        if not names:
            yield Thing({}, None)
            return
        kinds, owners = self._kinds(needed)
        first = next((name for name in kinds if name in names), min(names))
        for one in objects["round" if "/draws/<code>" in rule.rule else first]:
            others = {name: self._beside(name, owners.get(one), objects) for name in names - {first}}
            yield Thing({first: one, **others}, owners.get(one))

    def _kinds(self, needed: Permission) -> tuple[tuple[str, ...], dict[str, str]]:
        if needed is Permission.HOLDER:
            return ("visitor_id", *(kind for kind in PARTY if kind != "visitor_id")), self.party
        if needed is Permission.OPERATOR:
            return DUTY, self.office
        return ("companion_id", "passkey_id"), self.account if needed is Permission.SIGNED_IN else {}

    def _beside(self, name: str, owner: str | None, objects: dict[str, list[str]]) -> str:
        return self.reference[owner] if name == "reference" and owner else objects[name][0]


def _further() -> dict[str, list[str]]:
    """Ids that the fuzz site finds by following links."""
    return {
        "change_id": [str(one) for one in db.session.scalars(select(Change.id))],
        "round": list(db.session.scalars(select(Round.code).order_by(Round.code))),
    }


def _cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("sid")
    assert kept is not None
    return kept.value


# -- those whom the fuzz site does not know ---------------------------------------------------------------------------


def _peopled(site: Site) -> Peopled:
    """Let them come too."""
    with site.standing():
        newcomers = [Browser("other citizen", Role.CITIZEN, _other_citizen(site))]
        linked, cookie = _by_link(site)
        newcomers.append(Browser("by link", None, cookie))
        newcomers.append(Browser("setting up", None, _setting_up(site), awaits=Awaits.SET_UP))
        further = set(Role) - {Role.CITIZEN, Role.OPERATOR, Role.ADMINISTRATOR}
        newcomers += [Browser(one.value, one, _signed_in(site, one, f"{one.value}@example.kr")) for one in further]
        kept = site.keep([*site.browsers, *newcomers])
    site.close()
    return Peopled(kept, linked)


def _by_link(site: Site) -> tuple[str, str]:
    """The application whose link somebody has opened, and the cookie of that browser."""
    with site.ground.app.app_context():
        application = db.session.scalars(
            select(Application).where(Application.person_id.is_(None)).order_by(Application.id.desc())
        ).all()[1]
        linked, token = str(application.id), application.token
    client = FlaskClient(site.app, site.app.response_class)
    assert client.get(f"/ko/a/{token}").status_code in {302, 303}
    client.get("/ko/find")
    return linked, _cookie(client)


def _other_citizen(site: Site) -> str:
    mail = "other-citizen@example.kr"
    cookie = _signed_in(site, Role.CITIZEN, mail)
    with site.ground.app.app_context():
        person = person_by_mail(db.session(), mail)
        own = db.session.scalars(
            select(Application).where(Application.person_id.is_(None)).order_by(Application.id)
        ).first()
        assert person is not None
        assert own is not None
        own.person_id = person.id
        db.session.commit()
    return cookie


def _setting_up(site: Site) -> str:
    """Staff who came when a second factor was asked of everybody, and who had none."""
    strict = build_app(site.ground.url, second_factor="required")
    client = FlaskClient(strict, strict.response_class)
    person = somebody(site.ground.app, Role.OPERATOR, mail="setting-up@example.kr")
    assert sign_in(client, person).response.location.endswith("/ko/sign-in/set-up")
    client.get("/ko/find")
    with strict.app_context():
        db.engine.dispose()
    return _cookie(client)


def _signed_in(site: Site, role: Role, mail: str) -> str:
    client = FlaskClient(site.app, site.app.response_class)
    assert sign_in(client, somebody(site.ground.app, role, mail=mail)).status == 302
    client.get("/ko/find")
    return _cookie(client)
