"""Pages of somebody who comes again: kept companions, another date for a party with places, own data."""

from sqlalchemy import select

from tests.accounts.people import Somebody, actor_of, keep_people, somebody
from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, Stage, Visit, cookie_of, shown_to
from tests.rosters.gate import operator_of
from tests.web.citizen.people import Citizen
from tests.web.signing import sign_in
from tourbook.accounts import Person, organisation_by_code
from tourbook.accounts.link_models import LinkKind, Wish, WishKind
from tourbook.accounts.models import Companion
from tourbook.accounts.password_links import enter_link
from tourbook.accounts.registering import enter_registration
from tourbook.actor import GUEST, Role
from tourbook.applications.models import Application
from tourbook.cli.season import PASSWORD, PEOPLE
from tourbook.db import db, new_id, transaction
from tourbook.rosters import Purpose, read_roster


def holder(stage: Stage, number: int = 3) -> Citizen:
    """The demonstration's citizen, whose account keeps so many companions."""
    person = next(person for person in PEOPLE if person.role is Role.CITIZEN)
    known = Somebody(person.mail, PASSWORD, person.role)
    keep_people(known, number, NOW)
    client = stage.app.test_client()
    assert sign_in(client, known).status == 302
    return Citizen(client)


@shown("citizen.visitors")
def visitors_with_kept_companions(stage: Stage) -> Visit:
    somebody = holder(stage)
    return shown_to(somebody, somebody.ask(stage.departure(), 3))


@shown("citizen.check")
def check_that_asks_whether_to_keep(stage: Stage) -> Visit:
    somebody = holder(stage)
    named = somebody.name_visitors(somebody.ask(stage.departure(), 2))
    return shown_to(somebody, somebody.give_contact(named))


@shown("citizen.companions")
def companions(stage: Stage) -> Visit:
    holder(stage)
    return stage.seen_by(Role.CITIZEN, "/account/companions")


@shown("citizen.companion")
def companion(stage: Stage) -> Visit:
    holder(stage)
    return stage.seen_by(Role.CITIZEN, f"/account/companions/{db.session.scalars(select(Companion.id)).first()}")


@shown("citizen.companion", then=each(fill("name", ""), press("companion-save")), status=422)
def companion_left_empty(stage: Stage) -> Visit:
    return companion(stage)


@shown("signin.security")
def sign_ins_and_password(stage: Stage) -> Visit:
    holder(stage)
    return stage.seen_by(Role.CITIZEN, "/account/security")


@shown("signin.security", then=press("password-submit"), status=422)
def password_left_empty(stage: Stage) -> Visit:
    return stage.seen_by(Role.CITIZEN, "/account/security")


@shown("citizen.transfer_dates")
def transfer_dates(stage: Stage) -> Visit:
    return with_places(stage, "/transfer")


@shown("citizen.transfer_to")
def transfer_to(stage: Stage) -> Visit:
    return with_places(stage, f"/transfer/{stage.departure()}")


def with_places(stage: Stage, path: str) -> Visit:
    """A page below that of an application that was just confirmed."""
    somebody = stage.guest()
    done = shown_to(somebody, somebody.apply(stage.departure(), 2))
    return Visit(f"{done.path}{path}", done.cookie)


@shown("citizen.account_data")
def own_data_of_an_account(stage: Stage) -> Visit:
    holder(stage)
    return stage.seen_by(Role.CITIZEN, "/account/data")


@shown("citizen.account_data", then=press("own-data-file"), status=422)
def own_data_without_the_password(stage: Stage) -> Visit:
    return stage.seen_by(Role.CITIZEN, "/account/data")


@shown("citizen.application_data")
def own_data_of_an_application(stage: Stage) -> Visit:
    visit = with_places(stage, "/data")
    reference = visit.path.split("/")[2]
    departure_id = db.session.scalars(select(Application.departure_id).where(Application.reference == reference)).one()
    read_roster(departure_id, Purpose.GATE, actor=operator_of(organisation_by_code(db.session(), "paju").id), now=NOW)
    return visit


@shown("citizen.application_data", then=each(fill("contact", "010-1234-5678"), press("own-data-file")), status=422)
def own_data_for_another_contact(stage: Stage) -> Visit:
    return with_places(stage, "/data")


@shown("signin.forgotten")
def password_forgotten(stage: Stage) -> Visit:
    return Visit("/sign-in/forgotten")


@shown("signin.forgotten", then=press("forgotten-submit"), status=422)
def password_forgotten_left_empty(stage: Stage) -> Visit:
    return Visit("/sign-in/forgotten")


@shown("signin.letter")
def letter_asked_for(stage: Stage) -> Visit:
    guest = stage.guest()
    form = guest.open("/sign-in/forgotten").form(mark="forgotten-form")
    form.submit(guest.client, mail=f"{new_id()}.with.a.long.name@example.kr", follow=False)
    return Visit("/sign-in/letter", cookie_of(guest.client))


@shown("signin.letter")
def letter_asked_for_earlier(stage: Stage) -> Visit:
    return Visit("/sign-in/letter")


@shown("signin.new_password")
def new_password(stage: Stage) -> Visit:
    forgetful = actor_of(somebody(stage.app, mail=f"{new_id()}@example.kr"))
    with transaction() as session:
        person = session.get_one(Person, forgetful.person_id)
        _link, token = enter_link(session, person, LinkKind.FORGOTTEN, actor=GUEST, now=NOW)
    return Visit(f"/sign-in/new-password/{token}")


@shown("signin.new_password", then=press("new-password-submit"), status=422)
def new_password_left_empty(stage: Stage) -> Visit:
    return new_password(stage)


@shown("signin.registration")
def account_to_complete(stage: Stage) -> Visit:
    wish = Wish(kind=WishKind.ACCOUNT, language="ko", mail_index=f"{new_id()}", address_hash="", asked_at=NOW)
    wish.mail, wish.name, wish.answered_at = f"{new_id()}.with.a.long.name@example.kr", "김하늘", NOW
    with transaction() as session:
        session.add(wish)
        token = enter_registration(wish, now=NOW)
    return Visit(f"/register/{token}")


@shown("signin.registration", then=press("registration-submit"), status=422)
def account_completed_without_a_password(stage: Stage) -> Visit:
    return account_to_complete(stage)
