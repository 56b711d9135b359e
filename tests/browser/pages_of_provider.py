"""Pages of signing in through the provider."""

from tests.accounts.identities import link, may_link
from tests.accounts.people import PASSWORD
from tests.browser.pages_of_factors import in_a_browser, newcomer, signed_in
from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, Stage, Visit, cookie_of
from tests.ground.pages import visit
from tourbook.db import new_id

FAILED = "/sign-in/provider/failed?next=/ko/my&why="


def linked(stage: Stage, path: str) -> Visit:
    """A page of somebody whose account is linked."""
    person = newcomer(stage)
    link(person, str(new_id()), may_link(person, NOW), NOW)
    return Visit(path, cookie_of(in_a_browser(stage, person)))


@shown("signin.security")
def security_with_a_link(stage: Stage) -> Visit:
    return linked(stage, "/account/security")


@shown("provider.link")
def link_the_account(stage: Stage) -> Visit:
    return signed_in(stage, "/account/provider/link")


@shown("provider.link", then=press("password-submit"), status=422)
def link_the_account_left_empty(stage: Stage) -> Visit:
    return link_the_account(stage)


@shown("provider.link", then=each(fill("password", PASSWORD), press("password-submit")), status=409)
def link_an_account_that_is_linked(stage: Stage) -> Visit:
    return linked(stage, "/account/provider/link")


@shown("provider.go")
def way_to_the_provider(stage: Stage) -> Visit:
    client = in_a_browser(stage, newcomer(stage))
    form = visit(client, "/ko/account/provider/link").form(mark="password-form")
    assert form.submit(client, password=PASSWORD, follow=False).status == 302
    return Visit("/account/provider/go", cookie_of(client))


@shown("provider.unlink")
def take_the_link_away(stage: Stage) -> Visit:
    return linked(stage, "/account/provider/unlink")


@shown("provider.failed", status=403)
def not_linked(stage: Stage) -> Visit:
    return Visit(FAILED + "identity_unlinked")


@shown("provider.failed", status=422)
def not_confirmed(stage: Stage) -> Visit:
    return Visit(FAILED + "provider_refused")


@shown("provider.failed", status=429)
def too_often(stage: Stage) -> Visit:
    return Visit(FAILED + "provider_slow_down")


@shown("provider.failed", status=503)
def no_answer(stage: Stage) -> Visit:
    return Visit(FAILED + "provider_silent")


@shown("provider.failed", status=409)
def linked_to_somebody_else(stage: Stage) -> Visit:
    return signed_in(stage, FAILED + "identity_taken")
