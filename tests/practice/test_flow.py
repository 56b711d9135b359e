"""Practising a change of level from the order to the letter, an arrival, and what the recount says of it."""

from tests.applications.scene import state
from tests.ground.pages import visit, words
from tests.practice.conftest import Practice
from tests.web.admin.deciding import Administrator
from tourbook import clock
from tourbook.actor import Role
from tourbook.applications.models import State
from tourbook.db import db, snapshot
from tourbook.operations import check


def test_a_change_of_level_is_practised_from_the_order_to_the_letter(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        parties = [rehearsal.scene.apply(walk, 5) for _ in range(4)]
        db.session.remove()
    client = rehearsal.browser(Role.ADMINISTRATOR)
    rehearsal.pass_by(minutes=4)
    rehearsal.move(client, by="minute")
    letters = len(visit(client, "/en/mailbox").marked("notice"))
    admin = Administrator(client)

    watched = admin.apply(admin.preview_order())
    assert watched.status == 200
    rehearsal.move(client, by="minute")

    with rehearsal.app.app_context():
        states = [state(one) for one in parties]
        db.session.remove()
    assert State.DISPLACED in states
    assert len(visit(client, "/en/mailbox").marked("notice")) == letters, "nobody is told while it can be taken back"

    rehearsal.move(client, by="next")

    told = visit(client, "/en/mailbox").marked("notice")
    assert len(told) - letters == states.count(State.DISPLACED)
    assert "Mon 4 May 2026, 09:05 KST" in words(told[0])
    with rehearsal.app.app_context(), snapshot() as session:
        assert check(session, now=clock.now()).findings == ()
