"""A rehearsal that went far ahead begins again with all that it began with."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from tests.practice.conftest import Practice
from tests.rosters.gate import visitors
from tourbook import practice
from tourbook.applications.models import Application
from tourbook.db import db, transaction
from tourbook.keystore import KeyState
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due, look_after_keys
from tourbook.seal import keyring

WALK = "2026-05-20T10:00"
LATER = parse_moment("2026-06-20T10:00")


def keys_in_use() -> set[UUID]:
    return {one.id for one in keyring().stored() if one.state is KeyState.ACTIVE}


def test_what_was_sealed_at_the_beginning_can_be_read_after_its_month_is_long_over(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure(WALK)
        party = rehearsal.scene.apply(walk, 2, names=["김하늘", "이바다"])
        used = keys_in_use()  # others of this worker may have destroyed some before
        practice.keep_beginning(machine=rehearsal.machine)
        practice.move_clock(LATER, machine=rehearsal.machine)
        with transaction() as act:
            act.execute(update(Notice).values(state=NoticeState.SENT))
        while forget_due(now=LATER):
            pass
        for hours in range(6):
            while look_after_keys(now=LATER + timedelta(hours=hours)):
                pass
        assert used <= keys_in_use()
        db.session.remove()

        practice.begin_anew(machine=rehearsal.machine)

        db.session.remove()
        assert [one.name for one in visitors(party)] == ["김하늘", "이바다"]
        assert db.session.get_one(Application, party).contact
