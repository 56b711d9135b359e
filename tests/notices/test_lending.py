"""What a change tells its parties goes to the address that each has when it is sent, and is kept nowhere else."""

from contextlib import nullcontext
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.notices.outbox import NOW
from tests.notices.test_delivery import Desk
from tourbook.applications.models import Application
from tourbook.db import db, transaction
from tourbook.notices import Kind, Letter, Notice, NoticeState, Way, deliver_due, delivery, enqueue_all, latest
from tourbook.notices.kinds import NEEDS

NEW = "somebody.else@example.kr"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


@pytest.fixture
def desk(session: Session, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(desk))
    return desk


def displaced_party(scene: Scene) -> UUID:
    """A party that lost its places, and whose earlier notices have gone out."""
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 2)
    send_all(scene)
    scene.add_order("closed", "2026-05-01")
    settle_all(scene)
    return party


def send_all(scene: Scene) -> None:
    while deliver_due(way=Way.MAIL, now=scene.now):
        db.session.remove()


def set_contact(application_id: UUID, contact: str | None) -> None:
    with transaction() as session:
        session.get_one(Application, application_id).contact = contact


def told_of_it(session: Session) -> Notice:
    session.rollback()
    return session.scalars(select(Notice).where(Notice.kind == Kind.DISPLACED)).one()


def test_a_notice_of_a_change_holds_no_contact_and_no_link_of_its_own(
    scene: Scene, desk: Desk, session: Session
) -> None:
    displaced_party(scene)
    send_all(scene)

    notice = told_of_it(session)
    assert notice.state == NoticeState.SENT
    assert (notice.contact_sealed, notice.link_sealed) == (None, None)


def test_it_goes_to_its_party_with_the_link_to_its_own_page(scene: Scene, desk: Desk, session: Session) -> None:
    party = displaced_party(scene)

    send_all(scene)

    application = session.get_one(Application, party)
    assert desk.taken[-1].contact == application.contact
    assert f"/a/{application.token}" in desk.taken[-1].body


def test_it_goes_to_the_contact_that_the_party_has_when_it_is_sent(scene: Scene, desk: Desk) -> None:
    set_contact(displaced_party(scene), NEW)

    send_all(scene)

    assert desk.taken[-1].contact == NEW


def test_it_goes_nowhere_once_the_contact_is_erased(scene: Scene, desk: Desk, session: Session) -> None:
    set_contact(displaced_party(scene), None)
    sent_before = len(desk.taken)

    send_all(scene)

    notice = told_of_it(session)
    assert (notice.state, notice.failure) == (NoticeState.FAILED, "there is no contact any more")
    assert len(desk.taken) == sent_before


def test_the_mailbox_shows_to_whom_it_goes_without_writing_it_down(scene: Scene, desk: Desk, session: Session) -> None:
    party = displaced_party(scene)

    newest = latest(session, 1)[0]
    session.commit()

    assert newest.contact == session.get_one(Application, party).contact
    assert told_of_it(session).contact_sealed is None


def test_a_notice_about_no_application_needs_a_contact_of_its_own(session: Session) -> None:
    letter = Letter("welcome", None, "mail", "ko", {})

    with pytest.raises(ValueError, match="nobody to borrow a contact from"), transaction() as writing:
        enqueue_all(writing, [letter], now=NOW)


def test_it_keeps_only_the_facts_that_such_a_notice_names(scene: Scene, desk: Desk, session: Session) -> None:
    displaced_party(scene)

    named = NEEDS[Kind.DISPLACED].required | NEEDS[Kind.DISPLACED].optional
    assert told_of_it(session).facts.keys() == named - {"drew", "receipt"}  # it had heard of its places
