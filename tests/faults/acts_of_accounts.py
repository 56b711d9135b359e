"""Forms of people who want an account, or forgot their password, filled in and ready to be sent."""

from tests.accounts.letters import links
from tests.accounts.people import PASSWORD
from tests.faults.acts import Ready, World, act
from tests.ground.pages import visit
from tourbook.operations import answer_wishes


@act
def registering(world: World) -> Ready:
    _ = world.scene
    client = world.app.test_client()
    form = visit(client, "/ko/register").form(mark="register-form")
    return Ready(form, client, {"name": "김하늘", "mail": "sky@example.kr"})


@act
def completing_an_account(world: World) -> Ready:
    ready = registering(world)
    ready.send()
    answer_wishes(now=world.clock.now)
    client = world.app.test_client()
    form = visit(client, links("/register/")[-1]).form(mark="registration-form")
    return Ready(form, client, {"password": PASSWORD})


@act
def asking_for_a_new_password(world: World) -> Ready:
    client = world.app.test_client()
    form = visit(client, "/ko/sign-in/forgotten").form(mark="forgotten-form")
    return Ready(form, client, {"mail": "sky@example.kr"})
