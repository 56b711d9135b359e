"""A small installation with something of everything, at a standing clock, and a browser for everybody who may come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import Somebody, keep_people, somebody
from tests.fuzz.contents import contents, digests
from tests.fuzz.factors import begin_to_add, have_one
from tests.fuzz.objects import OBJECTS, few
from tests.fuzz.passkeys import HAD, REMOVABLE, have_passkey
from tests.fuzz.past import EACH, NOW, SOON, TODAY, make_a_past
from tests.ground.application import Ground, build_app
from tests.ground.databases import KeptState, Rows, kept_rows
from tests.ground.moments import StandingClock
from tests.ground.once_per_run import OncePerRun
from tests.ground.pages import CheckedClient
from tests.web.signing import sign_in
from tourbook.accounts import Awaits, person_by_mail
from tourbook.actor import Role
from tourbook.applications.models import Allotment, Application
from tourbook.db import db
from tourbook.distancing import forget_facts
from tourbook.keystore import Keys
from tourbook.notices import Kind, Notice
from tourbook.operations import check
from tourbook.seal import keyring

LINKS = {"invitation_token": Kind.INVITED, "password_token": Kind.NEW_PASSWORD, "registration_token": Kind.REGISTER}
"""The letters whose links choose a password, by the name that the token has in its address."""


@dataclass(frozen=True)
class Browser:
    """Somebody's browser: who sits there, what their sign-in awaits, and the cookie that it sends."""

    name: str
    role: Role | None
    cookie: str
    organisation: str | None = None
    awaits: Awaits | None = None


@dataclass(frozen=True)
class Kept:
    """The state of a site: its rows, the keys that open them, and the browsers that are signed in."""

    rows: Rows
    keys: Keys
    browsers: list[Browser]


class Site:
    """One installation on a ground, with its state kept so that it can be put back; made anew, or as another was kept.

    `app` answers as in production: what nobody foresaw becomes a page, not an exception of the test.
    """

    def __init__(self, ground: Ground, kept: Kept | None = None) -> None:
        self.ground = ground
        ground.reset("empty" if kept else "seeded")
        if kept is None:
            with self.standing():
                make_a_past()
        self.app = self._as_in_production()
        if kept is None:
            with self.standing():
                kept = self.keep(list(self._browsers()))
        self.kept, self.browsers = kept, kept.browsers
        self.restore()

    def keep(self, browsers: list[Browser]) -> Kept:
        """Its state as it is now, with these browsers, to be put back from now on."""
        with self.ground.app.app_context():
            self.kept = Kept(kept_rows(self.ground.engine), keyring().stored(), browsers)
        vars(self).pop("_state", None)
        return self.kept

    @cached_property
    def _state(self) -> KeptState:
        return KeptState(self.ground.engine, self.kept.rows)

    def restore(self) -> None:
        """Put everything back as it was when the site was made, or kept last."""
        with self.ground.app.app_context():
            keyring()._change(lambda _: self.kept.keys)
        self._state.restore()
        with self.app.app_context():
            forget_facts(db.engine)

    def close(self) -> None:
        """Give back the connections of its application."""
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def standing(self) -> Iterator[StandingClock]:
        """Inside the ground's application, with the clock standing at Monday 4 May 2026, 09:00."""
        clock = StandingClock()
        with self.ground.app.app_context():
            try:
                yield clock
            finally:
                db.session.remove()
                clock.run_again()

    def fingerprint(self) -> str:
        """What all tables hold, in one line: equal only where nothing was changed."""
        told = digests(self.ground.engine) if self.ground.dialect == "postgresql" else contents(self.ground.engine)
        return sha256("\n".join(told).encode(errors="surrogatepass")).hexdigest()

    def unsound(self) -> list[str]:
        """What a recount of everything that must always hold finds."""
        with self.ground.app.app_context():
            db.session.rollback()
            try:
                return [str(found) for found in check(db.session(), now=NOW).findings]
            finally:
                db.session.remove()

    @cached_property
    def objects(self) -> dict[str, list[str]]:
        """A few ids of each kind that stands in an address, by the name it has there."""
        with self.ground.app.app_context():
            found = {name: few(query) for name, query in OBJECTS.items()}
            found["token"] = [one.token for one in db.session.scalars(select(Application).limit(EACH))]
            found["group_token"] = [one.token for one in db.session.scalars(select(Allotment))]
            for name, kind in LINKS.items():
                found[name] = [one.link for one in db.session.scalars(select(Notice).where(Notice.kind == kind))]
            db.session.remove()
        return found | {"change_id": [], "filename": ["css/site.css"], "day": [TODAY[:10], SOON[:10]]}

    # -- how it is made -----------------------------------------------------------------------------------------------

    def _as_in_production(self) -> Flask:
        app = build_app(self.ground.url, closure_steps="1:1")
        app.config["TESTING"] = False
        app.test_client_class = FlaskClient
        return app

    def _browsers(self) -> Iterator[Browser]:
        yield Browser("stranger", None, _cookie(self._client()))
        holder = self._client()
        with holder.session_transaction() as session:
            session["applications"] = {one.hex: int(NOW.timestamp()) for one in db.session.scalars(_PARTIES)}
        yield Browser("holder", None, _cookie(holder))
        for name, role, code in (
            ("citizen", Role.CITIZEN, None),
            ("operator", Role.OPERATOR, "paju"),
            ("other operator", Role.OPERATOR, "cheorwon"),
            ("administrator", Role.ADMINISTRATOR, None),
        ):
            mail = f"{name.replace(' ', '-')}@example.kr"
            person = somebody(self.ground.app, role, mail=mail, organisation=code or "paju")
            if role is Role.CITIZEN:
                _give_an_application(person)
                keep_people(person, EACH, NOW)
                account_id = begin_to_add(person, NOW)
            yield Browser(name, role, self._signed_in(person), code)
        careful = somebody(self.ground.app, Role.CITIZEN, mail="careful@example.kr")
        yield Browser("careful citizen", Role.CITIZEN, [self._signed_in(careful) for _ in range(EACH)][-1])
        careful_id = have_one(careful, NOW)
        yield Browser("half signed in", None, self._signed_in(careful), awaits=Awaits.CODE)
        have_passkey(careful_id, HAD, NOW)
        have_passkey(account_id, REMOVABLE, NOW)

    def _client(self) -> FlaskClient:
        """A browser that has been on the site, so that it has a session."""
        client = CheckedClient(self.app)
        client.get("/ko/sign-in")
        return client

    def _signed_in(self, person: Somebody) -> str:
        client = self._client()
        assert sign_in(client, person).status == 302
        client.get("/ko/find")  # its form brings the token that belongs to the sign-in
        return _cookie(client)


def kept_site(once_per_run: OncePerRun, ground: Ground) -> Kept:
    """The state of a site on such a database, made once for all workers of a run."""

    def make() -> Kept:
        site = Site(ground)
        site.close()
        return site.kept

    kept: Kept = once_per_run.made(f"site-{ground.dialect}", make)
    return kept


def _give_an_application(person: Somebody) -> None:
    """Let an account own an application that stands and one that is being typed."""
    db.session.rollback()  # what was read before does not know the account
    account = person_by_mail(db.session(), person.mail)
    assert account is not None
    own = list(db.session.scalars(_PARTIES))
    for application_id in (own[0], own[-1]):
        db.session.get_one(Application, application_id).person_id = account.id
    db.session.commit()


def _cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("sid")
    assert kept is not None
    return kept.value


_PARTIES = select(Application.id).where(Application.person_id.is_(None)).order_by(Application.id)
