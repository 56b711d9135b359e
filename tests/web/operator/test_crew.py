"""Guide and vehicles through the form, and where they stand afterwards: with staff, and nowhere else."""

import pytest

from tests.ground.pages import Page, visit, words
from tests.web.operator.conftest import Desk
from tourbook.rosters.paper import Paper

ON_PAPER = ("정해설", "010-9876-5432", "71가 1234", "동문", "1석")
TYPED = {
    "guide": "정해설",
    "guide_phone": "010 9876 5432",
    "vehicles-0-plate": "71가 1234",
    "vehicles-0-seats": "2",
    "note": "동문으로 들어갑니다.",
}


def arrange(desk: Desk, **typed: str) -> Page:
    return desk.open("/crew").form(mark="crew-form").submit(desk.client, **{**TYPED, **typed})


def test_what_is_typed_stands_on_the_roster_the_day_the_paper_and_the_check_in(desk: Desk) -> None:
    desk.gate.apply(3)

    roster = arrange(desk)
    day = visit(desk.client, "/ko/operator/?day=2026-05-20")

    for page in (roster, day):
        assert "해설사: 정해설" in words(page.mark("crew"))
        assert "71가 1234 (2석)" in words(page.mark("crew"))
        assert page.mark("guide-phone").get("href") == "tel:+821098765432"
        assert "010-9876-5432" in words(page.mark("guide-phone"))
        assert "1석 모자랍니다" in words(page.mark("seats-short"))
        assert "동문" in words(page.mark("gate-note"))
    assert "동문" in words(desk.open("/check-in").mark("gate-note"))
    assert all(said in desk.open("/print").text for said in ON_PAPER)


def test_it_stands_on_the_printed_manifest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.gate.apply(3)
    arrange(desk)
    lines: list[str] = []
    say = Paper.say
    monkeypatch.setattr(Paper, "say", lambda paper, line, **how: (lines.append(line), say(paper, line, **how))[1])

    assert desk.client.get(f"{desk.address}/manifest.pdf").status_code == 200

    assert all(any(said in line for line in lines) for said in ON_PAPER)


def test_enough_seats_give_no_warning(desk: Desk) -> None:
    desk.gate.apply(2)

    assert not arrange(desk).has("seats-short")


def test_the_form_comes_back_as_it_was_arranged_and_can_be_emptied(desk: Desk) -> None:
    arrange(desk)

    form = desk.open("/crew").form(mark="crew-form")
    emptied = form.submit(desk.client, **dict.fromkeys(TYPED, ""))

    assert {name: form.values[name] for name in TYPED} == {**TYPED, "guide_phone": "010-9876-5432"}
    assert not any(emptied.has(mark) for mark in ("crew", "gate-note", "guide-phone", "seats-short"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"guide_phone": "12"}, "#guide_phone"),
        ({"vehicles-0-seats": ""}, "#vehicles-0-seats"),
        ({"vehicles-0-seats": "61"}, "#vehicles-0-seats"),
        ({"vehicles-0-seats": "many"}, "#vehicles-0-seats"),
        ({"vehicles-1-seats": "4"}, "#vehicles-1-plate"),
        ({"vehicles-0-plate": "71가 1234" * 3}, "#vehicles-0-plate"),
        ({"guide": "900101-1234567"}, "#guide"),
        ({"note": "가" * 301}, "#note"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(desk: Desk, typed: dict[str, str], field: str) -> None:
    page = arrange(desk, **typed)

    assert page.status == 422
    assert field in {link.get("href") for link in page.mark("error-summary").iter("a")}
    assert not desk.open().has("crew")


def test_seats_may_be_typed_in_full_width(desk: Desk) -> None:
    assert "(12석)" in words(arrange(desk, **{"vehicles-0-seats": "１２"}).mark("crew"))


def test_a_departure_that_is_over_is_arranged_no_more(desk: Desk) -> None:
    over = desk.gate.scene.add_departure("2026-05-20T07:00")  # for two hours
    there = f"/ko/operator/departures/{over}"

    assert visit(desk.client, f"{there}/crew").has("over")
    assert not visit(desk.client, there).has("crew-link")


def test_the_public_sees_nothing_of_it(desk: Desk) -> None:
    desk.gate.apply(1)
    arrange(desk)
    stranger = desk.client.application.test_client()

    departure = f"/ko/departures/{desk.gate.departure_id}"
    for path in (departure, f"{departure}/why", "/ko/courses/walk"):
        page = visit(stranger, path)
        assert page.status == 200
        assert not any(said in page.html for said in ("정해설", "98765432", "71가 1234", "동문"))


def test_who_saves_later_reads_what_stands_and_decides(desk: Desk) -> None:
    mine, others = (desk.open("/crew").form(mark="crew-form") for _ in range(2))
    others.submit(desk.client, guide="김안내")

    refused = mine.submit(desk.client, **TYPED)
    kept = words(desk.open().mark("crew"))
    again = refused.form(mark="crew-form").submit(desk.client)

    assert refused.status == 422
    assert "김안내" in words(refused.mark("error-summary"))
    assert refused.form(mark="crew-form").values["guide"] == "정해설"
    assert "김안내" in kept
    assert "정해설" in words(again.mark("crew"))
