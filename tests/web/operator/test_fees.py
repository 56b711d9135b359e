"""The page of fees to return: who is owed what and why, and one button."""

from sqlalchemy.orm import Session

from tests.applications.scene import settle_all
from tests.ground.pages import visit, words
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Application, Fee


def test_a_fee_is_returned_with_one_button_and_leaves_the_list(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(2)
    desk.press("fee-paid")
    desk.gate.scene.add_measure("2026-05-20", reason_ko="군 작전")
    settle_all(desk.gate)

    page = visit(desk.client, "/ko/operator/fees")
    after = desk.press("return-fee", on=page)

    owed = words(page.mark("fee-to-return"))
    assert "20,000원" in owed
    assert "군 작전" in owed
    assert "20,000원" in words(page.mark("total"))
    assert after.has("no-fees")
    assert session.get_one(Application, party, populate_existing=True).fee == Fee.RETURNED


def test_a_return_that_was_pressed_by_mistake_is_undone_on_the_same_page(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(2)
    desk.press("fee-paid")
    desk.gate.scene.add_measure("2026-05-20")
    settle_all(desk.gate)
    after = desk.press("return-fee", on=visit(desk.client, "/ko/operator/fees"))
    reference = session.get_one(Application, party).reference

    undone = desk.press("undo-fee", on=after)

    assert reference in words(after.mark("fee-returned"))
    assert undone.has("fee-to-return")
    assert not undone.has("fee-returned")
    assert session.get_one(Application, party, populate_existing=True).fee == Fee.PAID


def test_an_address_that_names_no_returned_fee_shows_the_list_alone(desk: Desk) -> None:
    party = desk.gate.apply(2)

    for returned in (party, desk.gate.departure_id, "nobody"):
        page = visit(desk.client, f"/ko/operator/fees?returned={returned}")
        assert page.has("no-fees")
        assert not page.has("fee-returned")


def test_what_cannot_be_returned_is_said_on_the_list(desk: Desk) -> None:
    desk.gate.apply(2)
    desk.press("fee-paid")
    desk.gate.scene.add_measure("2026-05-20")
    settle_all(desk.gate)
    page = visit(desk.client, "/ko/operator/fees")
    form = next(form for form in page.forms if "fees/" in form.action)

    answer = form.submit(desk.client, follow=True, fee="due")

    assert answer.status == 200
    assert answer.has("fee-to-return")
