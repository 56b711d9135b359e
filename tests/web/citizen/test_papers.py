"""What a party takes along: the ten things of its page one by one, the code, the paper, and the letter once more."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, told
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tests.web.citizen.test_own_application import link_to, row
from tourbook.actor import GUEST
from tourbook.applications import send_confirmation_again
from tourbook.errors import Conflict
from tourbook.rosters import pass_of, read_pass
from tourbook.rosters.codes import code_svg

STARTS = "2026-05-20T10:00"


@pytest.fixture
def page(scene: Scene, citizen: Citizen) -> Page:
    """The page on which somebody who has just applied arrives."""
    return citizen.apply(scene.add_departure(STARTS), 2, "김펲수", "Anna Lee")


def address(page: Page, mark: str) -> str:
    return page.mark(mark).get("href") or page.mark(mark).get("src") or ""


def _cancels(page: Page) -> bool:
    return address(page, "cancel").endswith("/cancel")


TEN: dict[str, Callable[[Page], bool]] = {
    "reference": lambda page: words(page.mark("reference")) == reference_on(page),
    "status": lambda page: words(page.mark("state")) == "확정",
    "what happens next, and when": lambda page: "2026년 5월 20일(수) 10:00" in words(page.mark("next")),
    "meeting place with a map": lambda page: address(page, "map-link").startswith(
        "https://map.kakao.com/link/search/%"
    ),
    "what to bring": lambda page: reference_on(page) in words(page.mark("bring")),
    "contact": lambda page: "031-000-0000" in words(page.mark("whom-to-ask")),
    "entry for a calendar": lambda page: address(page, "calendar").endswith("/calendar.ics"),
    "square code": lambda page: reference_on(page) in (page.mark("code").get("alt") or ""),
    "paper": lambda page: address(page, "paper").endswith("/confirmation.pdf"),
    "cancelling": _cancels,
}


@pytest.mark.parametrize("element", TEN)
def test_the_confirmation_has_each_of_the_ten_things(page: Page, element: str) -> None:
    assert page.has("confirmed")
    assert TEN[element](page)


def test_the_code_is_the_pass_of_this_party_and_not_its_link(page: Page, citizen: Citizen, session: Session) -> None:
    application = row(session, reference_on(page))

    shown = citizen.client.get(address(page, "code"))

    said = read_pass(pass_of(application))
    assert (shown.status_code, shown.mimetype) == (200, "image/svg+xml")
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.data == code_svg(pass_of(application))
    assert said is not None
    assert (said.application_id, said.departure_id) == (application.id, application.departure_id)
    assert application.token not in pass_of(application)
    assert words(page.mark("code-reference")) == application.reference


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_paper_is_a_pdf_in_the_language_of_the_page(page: Page, citizen: Citizen, lang: str) -> None:
    answer = citizen.client.get(f"/{lang}/applications/{reference_on(page)}/confirmation.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert f"/Lang ({lang})".encode() in answer.data
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("paper", ["pass.svg", "confirmation.pdf"])
def test_strangers_and_parties_without_places_get_no_papers(
    page: Page, citizen: Citizen, somebody: Callable[..., Citizen], paper: str
) -> None:
    path = f"/applications/{reference_on(page)}"
    stranger = somebody().open(f"{path}/{paper}")
    citizen.open(f"{path}/cancel").form(mark="cancel-form").submit(citizen.client)
    gone = citizen.open(f"{path}/{paper}")

    assert (stranger.status, gone.status) == (404, 404)
    assert "확인서가 없습니다" in gone.text


def test_the_confirmation_is_sent_again_and_once_for_one_form(page: Page, citizen: Citizen, session: Session) -> None:
    form = page.form(to="send-again")

    said = [form.submit(citizen.client) for _ in range(2)]

    session.rollback()
    assert all("확정 알림을 연락처로 다시 보내 드립니다" in one.text for one in said)
    assert told(session, row(session, reference_on(page)).id).count("confirmed") == 2


def test_it_is_sent_three_times_an_hour_at_most(
    page: Page, citizen: Citizen, session: Session, clock: StandingClock
) -> None:
    def again() -> Page:
        return citizen.open(f"/applications/{reference_on(page)}").form(to="send-again").submit(citizen.client)

    answers = [again() for _ in range(4)]
    clock.move(hours=1, minutes=1)
    answers.append(again())

    session.rollback()
    assert ["이미 세 번" in one.text for one in answers] == [False, False, True, True, False]
    assert told(session, row(session, reference_on(page)).id).count("confirmed") == 4


def test_after_the_departure_there_is_nothing_to_confirm(
    page: Page, citizen: Citizen, session: Session, clock: StandingClock
) -> None:
    mine = row(session, reference_on(page)).id
    link = link_to(session, reference_on(page))
    now = clock.stand_at(STARTS)

    late = citizen.open(link)

    assert late.has("code")
    assert not late.has("send-again")
    with pytest.raises(Conflict, match="nothing_to_confirm"):
        send_confirmation_again(mine, form_id="late", actor=GUEST, now=now)
    session.rollback()
    assert told(session, mine).count("confirmed") == 1
