"""Nothing is asked twice of somebody with an account: the own name and contact, and companions that were kept."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.accounts.people import somebody as account
from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen
from tests.web.citizen.test_refusals import change_course
from tests.web.signing import sign_in
from tourbook.accounts.models import Companion
from tourbook.applications.models import Application, Visitor
from tourbook.db import db, new_id, transaction

STARTS, LATER = "2026-05-20T10:00", "2026-05-27T10:00"
SignIn = Callable[[str], Citizen]


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """Somebody with an account of their own, called 김하늘."""

    def enter(name: str = "me") -> Citizen:
        client = app.test_client()
        assert sign_in(client, account(app, mail=f"{name}@example.kr")).status == 302
        return Citizen(client)

    return enter


@pytest.fixture
def me(scene: Scene, signed_in: SignIn) -> Citizen:
    return signed_in("me")


def kept() -> dict[str, str]:
    db.session.rollback()
    return {row.name: str(row.id) for row in db.session.scalars(select(Companion))}


def last_step(me: Citizen, walk: UUID, *names: str) -> Page:
    return me.give_contact(me.name_visitors(me.ask(walk, len(names)), *names))


def keep(me: Citizen, walk: UUID, *names: str) -> Page:
    return last_step(me, walk, *names).form(mark="check").submit(me.client, keep_companions="y")


def test_the_own_name_and_mail_address_are_filled_in_and_may_be_changed(scene: Scene, me: Citizen):
    page = me.ask(scene.add_departure(STARTS), 2)
    names = [page.form(mark="visitors").values[f"visitors-{place}-name"] for place in range(2)]
    contact = me.name_visitors(page, "박바다", "이민수")

    assert names == ["김하늘", ""]
    assert contact.form(mark="contact-form").values["contact"] == "me@example.kr"
    assert me.give_contact(contact, "010-1234-5678").address.endswith("/check")


def test_nothing_is_filled_in_for_a_guest(scene: Scene, citizen: Citizen):
    page = citizen.ask(scene.add_departure(STARTS), 1)

    assert page.form(mark="visitors").values["visitors-0-name"] == ""
    assert not page.marked("companions")
    contact = citizen.name_visitors(page)
    assert contact.form(mark="contact-form").values["contact"] == ""
    assert "keep_companions" not in citizen.give_contact(contact).form(mark="check").fields


def test_keeping_is_asked_apart_unticked_as_optional_with_its_text(scene: Scene, me: Citizen):
    page = last_step(me, scene.add_departure(STARTS), "김하늘", "이민수")
    (box,) = [one for one in page.mark("check").iter("div") if "app-consent" in one.get("class", "").split()]
    (tick,) = [field for field in box.iter("input") if field.get("type") == "checkbox"]
    (text,) = box.iter("details")

    assert tick.get("checked") is None
    assert "(선택)" in words(box)
    assert "12개월" in words(text)
    assert me.send(page).mark("confirmed") is not None
    assert kept() == {}


def test_who_agrees_keeps_the_party_without_any_passport_number(scene: Scene, me: Citizen):
    change_course(scene, needs_passport=True)
    page = me.ask(scene.add_departure(STARTS), 2)
    contact = me.name_visitors(
        page, "김하늘", "Anna Schmidt", **{"visitors-1-nationality": "DE", "visitors-1-document": "C01X00T47"}
    )
    done = me.give_contact(contact).form(mark="check").submit(me.client, keep_companions="y")

    assert "2명을 저장" in done.text
    assert set(kept()) == {"김하늘", "Anna Schmidt"}
    again = tick_all(me, me.ask(scene.add_departure(LATER), 2))
    assert sorted(again.form(mark="visitors").values[f"visitors-{place}-document"] for place in range(2)) == ["", ""]


def tick_all(me: Citizen, page: Page, **typed: str) -> Page:
    return page.form(mark="visitors").submit(me.client, companions=list(kept().values()), **typed)


def test_who_was_kept_is_ticked_and_filled_in_to_be_checked_before_it_is_sent(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "김하늘", "이민수")
    filled = tick_all(me, me.ask(scene.add_departure(LATER), 2))
    values = filled.form(mark="visitors").values
    named = {values[f"visitors-{place}-name"]: values[f"visitors-{place}-birth_date"] for place in range(2)}

    assert filled.status == 200
    assert named == {"김하늘": "1990-01-01", "이민수": "1990-01-01"}
    assert not filled.marked("companions")
    contact = filled.form(mark="visitors").submit(me.client)
    assert contact.address.endswith("/contact")


def test_what_was_typed_already_stays_where_it_is(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "이민수")
    typed = {"visitors-0-name": "박바다", "visitors-0-birth_date": "1985-05-05", "visitors-2-name": "최강"}
    filled = tick_all(me, me.ask(scene.add_departure(LATER), 3), **typed)
    values = filled.form(mark="visitors").values

    assert [values[f"visitors-{place}-name"] for place in range(3)] == ["박바다", "이민수", "최강"]
    assert values["visitors-0-birth_date"] == "1985-05-05"


def test_more_ticks_than_places_are_refused_and_lose_nothing(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "이민수", "박바다", "최강")
    refused = tick_all(me, me.ask(scene.add_departure(LATER), 2))
    ticked = refused.form(mark="visitors").values["companions"]

    assert refused.status == 422
    assert "2명분" in refused.text
    assert sorted(ticked) == sorted(kept().values())
    assert refused.form(mark="visitors").values["visitors-1-name"] == ""


def test_who_is_kept_already_is_not_asked_for_again(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "김하늘", "이민수")

    assert "keep_companions" not in last_step(me, scene.add_departure(LATER), "이민수").form(mark="check").fields


def test_the_last_button_pressed_twice_keeps_everybody_once(scene: Scene, me: Citizen):
    page = last_step(me, scene.add_departure(STARTS), "김하늘", "이민수")
    for _ in range(2):
        page.form(mark="check").submit(me.client, keep_companions="y")

    assert set(kept()) == {"김하늘", "이민수"}


def test_kept_companions_are_seen_changed_and_deleted(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "이민수", "박바다")
    listed = me.open(me.open("/my").link("저장한 동행인").split("/ko", 1)[1])
    change = me.open(f"/account/companions/{kept()['이민수']}").form(mark="companion-form")
    changed = change.submit(me.client, name="이민호", birth_date="1991.2.3")
    gone = changed.form(to=f"/account/companions/{kept()['박바다']}/forget").submit(me.client)

    assert len(listed.marked("companion")) == 2
    assert change.values["birth_date"] == "1990-01-01"
    assert "수정했습니다" in changed.text
    assert set(kept()) == {"이민호"}
    assert next(words(one) for one in gone.marked("companion")).startswith("이민호")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "성명"),
        ({"birth_date": "soon"}, "생년월일"),
        ({"birth_date": "2030-01-01"}, "생년월일"),
        ({"name": "박바다"}, "같은 분이 이미"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(scene: Scene, me: Citizen, typed: dict[str, str], said: str):
    keep(me, scene.add_departure(STARTS), "이민수", "박바다")
    refused = me.open(f"/account/companions/{kept()['이민수']}").form(mark="companion-form").submit(me.client, **typed)

    assert refused.status == 422
    assert said in words(refused.mark("error-summary"))
    assert set(kept()) == {"이민수", "박바다"}


# -- attacks ----------------------------------------------------------------------------------------------------------


def test_the_companions_of_another_account_are_neither_seen_nor_changed_nor_deleted(
    scene: Scene, me: Citizen, signed_in: SignIn
):
    keep(me, scene.add_departure(STARTS), "이민수")
    (theirs,) = kept().values()
    thief = signed_in("thief")
    thief_keeps = keep(thief, scene.add_departure(LATER), "도둑")
    own = kept()["도둑"]
    form = thief.open(f"/account/companions/{own}").form(mark="companion-form")
    form.action = form.action.replace(own, theirs)
    forget = thief.open("/account/companions").form(to=f"/account/companions/{own}/forget")
    forget.action = forget.action.replace(own, theirs)

    assert thief_keeps.status == 200
    assert "이민수" not in thief.open("/account/companions").text
    assert thief.open(f"/account/companions/{theirs}").status == 404
    assert form.submit(thief.client, name="바뀜").status == 404
    forget.submit(thief.client)
    assert set(kept()) == {"이민수", "도둑"}


@pytest.mark.parametrize("forged", ["theirs", "nobody's", "no id"])
def test_a_forged_tick_fills_in_nobody(scene: Scene, me: Citizen, signed_in: SignIn, forged: str):
    keep(me, scene.add_departure(STARTS), "이민수")
    thief = signed_in("thief")
    keep(thief, scene.add_departure(LATER), "도둑")
    theirs = kept()["이민수"]
    form = thief.ask(scene.add_departure("2026-05-28T10:00"), 2).form(mark="visitors")
    page = form.submit(thief.client, companions=[{"theirs": theirs, "nobody's": str(new_id())}.get(forged, "x")])

    assert page.status == 422
    assert "이민수" not in page.text
    assert "더 이상 저장되어 있지 않은" in words(page.mark("error-summary"))


def test_a_guest_who_forges_a_tick_is_refused(scene: Scene, me: Citizen, citizen: Citizen):
    keep(me, scene.add_departure(STARTS), "이민수")
    form = citizen.ask(scene.add_departure(LATER), 2).form(mark="visitors")
    (theirs,) = kept().values()
    page = citizen.client.post(form.action, data={**form.values, "companions": theirs})

    assert page.status_code == 422
    assert "이민수" not in page.text


def test_nobody_keeps_the_party_of_an_application_that_is_not_of_this_account(
    scene: Scene, me: Citizen, signed_in: SignIn
):
    page = last_step(me, scene.add_departure(STARTS), "이민수")
    application = db.session.scalars(select(Application)).one()
    other = signed_in("other")
    with transaction() as session:  # as if it had been made with another account, and opened here by its link
        session.execute(update(Application).values(person_id=None))
    db.session.rollback()
    page.form(mark="check").submit(me.client, keep_companions="y")

    assert application.reference
    assert kept() == {}
    assert other.open("/account/companions").marked("companion") == []


def test_companions_are_for_those_who_are_signed_in(citizen: Citizen):
    assert "/sign-in" in citizen.open("/account/companions").address


def test_names_of_companions_stand_in_no_address(scene: Scene, me: Citizen):
    keep(me, scene.add_departure(STARTS), "이민수")
    pages = [me.open("/account/companions"), tick_all(me, me.ask(scene.add_departure(LATER), 2))]

    assert all("%EC%9D%B4%EB%AF%BC%EC%88%98" not in page.html and "이민수" not in page.address for page in pages)


def test_the_visitors_of_the_next_application_are_its_own(scene: Scene, me: Citizen, clock: StandingClock):
    """Changing what is kept changes no application that was sent in."""
    keep(me, scene.add_departure(STARTS), "이민수")
    change = me.open(f"/account/companions/{kept()['이민수']}").form(mark="companion-form")
    change.submit(me.client, name="이민호")

    db.session.rollback()
    assert db.session.scalars(select(Visitor)).one().name == "이민수"
