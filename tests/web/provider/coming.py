"""Going to the provider and coming back, as people do."""

from flask.testing import FlaskClient

from tests.accounts.people import Somebody
from tests.ground.pages import Page, visit, words
from tests.ground.sign_in_provider import SignInProvider, query_of
from tests.web.signing import sign_in

LANGUAGES = ["ko", "en"]


def goes(
    client: FlaskClient, there: SignInProvider, *, lang: str = "ko", to: str = "", error: str | None = None
) -> str:
    """Press the link of the sign-in page, and sign in there; gives the address that leads back."""
    page = visit(client, f"/{lang}/sign-in" + (f"?next={to}" if to else ""))
    left = client.get(page.mark("provider-sign-in").get("href", ""))
    assert left.status_code == 302
    return there.come_back(left.headers["Location"], error=error)


def comes(client: FlaskClient, there: SignInProvider, **how: str) -> Page:
    """The same, and come back; not led on yet."""
    return Page(client.get(goes(client, there, **how)), "http://localhost/")


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def begin(client: FlaskClient, person: Somebody, *, lang: str = "ko") -> Page:
    """Say the password, to link the account; gives the page with the way to the provider."""
    page = visit(client, visit(client, f"/{lang}/account/security").mark("link").get("href", ""))
    return page.form(mark="password-form").submit(client, password=person.password)


def link(client: FlaskClient, there: SignInProvider, person: Somebody, *, lang: str = "ko") -> Page:
    """Sign in, link the account, and come back to the page that says so."""
    assert sign_in(client, person).status == 302
    left = client.get(begin(client, person, lang=lang).mark("provider-leave").get("href", ""))
    back = client.get(there.come_back(left.headers["Location"]))
    return visit(client, back.headers["Location"])


def says(client: FlaskClient, page: Page) -> tuple[str, int, str]:
    """Why it failed: the code, status and words of the page behind."""
    location = page.response.headers["Location"]
    shown = visit(client, location)
    assert not is_signed_in(client)
    assert shown.mark("to-password").get("href", "").startswith(("/ko/sign-in", "/en/sign-in"))
    return query_of(location)["why"], shown.status, words(shown.mark("provider-says"))
