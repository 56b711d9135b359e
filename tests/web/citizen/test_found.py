"""Pages that anybody may find by searching say where they stand, in both languages, and what they are about."""

import pytest
from flask.testing import FlaskClient

from tests.applications.scene import Scene
from tests.ground.pages import Page, visit
from tests.web.conftest import Build
from tourbook.courses.models import Course
from tourbook.db import transaction

SITE = "https://tours.example.kr"


@pytest.fixture
def found(build: Build, scene: Scene) -> FlaskClient:
    """A browser of a site that knows its own address."""
    return build(public_url=SITE).test_client()


def links(page: Page, rel: str) -> dict[str | None, str]:
    """Where the links of that kind in its head lead, by language."""
    return {link.get("hreflang"): str(link.get("href")) for link in page.tree.iter("link") if link.get("rel") == rel}


@pytest.mark.parametrize("address", ["/", "/courses/walk", "/search", "/draws", "/help", "/privacy", "/accessibility"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_page_for_everybody_has_one_address_in_each_language(found: FlaskClient, lang: str, address: str) -> None:
    page = visit(found, f"/{lang}{address}")

    korean, english = f"{SITE}/ko{address}", f"{SITE}/en{address}"
    assert links(page, "alternate") == {"ko": korean, "en": english, "x-default": korean}
    assert links(page, "canonical") == {None: {"ko": korean, "en": english}[lang]}


def test_what_is_asked_of_a_page_is_no_other_page(found: FlaskClient) -> None:
    page = visit(found, "/ko/courses/walk?month=2026-06&view=list")

    assert links(page, "canonical") == {None: f"{SITE}/ko/courses/walk"}


def test_a_page_that_not_everybody_may_find_says_only_where_its_other_language_is(found: FlaskClient) -> None:
    page = visit(found, "/ko/find")

    assert links(page, "alternate") == {"en": f"{SITE}/en/find"}
    assert links(page, "canonical") == {}


def test_a_site_that_does_not_know_its_address_names_none(client: FlaskClient, scene: Scene) -> None:
    page = visit(client, "/ko/courses/walk")

    assert links(page, "alternate") == links(page, "canonical") == {}


def description(client: FlaskClient, address: str) -> str:
    """What the page says of itself to whoever lists it; every page says it once."""
    (said,) = (
        one.get("content") for one in visit(client, address).tree.iter("meta") if one.get("name") == "description"
    )
    return str(said)


def test_a_course_is_described_by_what_it_is(client: FlaskClient, scene: Scene) -> None:
    with transaction() as session:
        session.get_one(Course, scene.course_id).details = {"summary_ko": "강을 따라", "summary_en": "Along the river"}

    assert description(client, "/ko/courses/walk") == "강을 따라"
    assert description(client, "/en/courses/walk") == "Along the river"


@pytest.mark.parametrize("address", ["/", "/courses/walk", "/find"])
def test_a_page_without_words_of_its_own_is_described_by_the_service(
    client: FlaskClient, scene: Scene, address: str
) -> None:
    assert description(client, f"/en{address}") == "Apply for guided visits to Panmunjeom and the DMZ Peace Trail."
