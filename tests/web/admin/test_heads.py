"""Whoever asks for the head of a page that is also a form does nothing by that, whatever is sent along."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.web.admin.conftest import Administrator
from tourbook.distancing.models import Order


def test_a_head_that_brings_a_whole_form_enters_nothing(scene: Scene, admin: Administrator, session: Session) -> None:
    form = admin.preview_order().form(mark="apply-form")

    answer = admin.client.open(form.action, method="HEAD", data={**form.values, "stage": "apply"})

    session.rollback()
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert not session.scalars(select(Order)).all()
