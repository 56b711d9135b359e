"""A message to everybody of a departure or of a day: to exactly those whom the preview counted, once."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, state, told
from tests.operations.test_taking_back import GRACE, measure, undo
from tests.rosters.gate import Gate, another_course, build_gate, operator_of, trail
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, State
from tourbook.courses.models import Policy
from tourbook.db import db, new_id, transaction
from tourbook.distancing.facts import Words
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.notices import Notice
from tourbook.operations import call_off_departure
from tourbook.rosters import (
    LONGEST_MESSAGE,
    Audience,
    LostForNow,
    MessageSent,
    audience_of,
    departures_to_write_about,
    lost_for_now,
    message_flaws,
    send_message,
)

TEXT = Words("주차장이 공사 중입니다.\n버스를 이용해 주세요.", "The car park is closed.\nPlease take the bus.")


def audience(gate: Gate, *ids: UUID, waiting: bool = False) -> Audience:
    db.session.rollback()
    return audience_of(db.session(), ids or [gate.departure_id], waiting=waiting, actor=gate.operator, now=gate.now)


def send(gate: Gate, *ids: UUID, waiting: bool = False, **changed: object) -> MessageSent:
    values: dict[str, object] = {
        "shown": audience(gate, *ids, waiting=waiting).mark,
        "form_id": "a form",
        "actor": gate.operator,
        "now": gate.now,
        **changed,
    }
    text = values.pop("text", TEXT)
    return send_message(ids or [gate.departure_id], text, waiting=waiting, **values)  # type: ignore[arg-type]  # values by name


def refused(gate: Gate, *ids: UUID, **changed: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        send(gate, *ids, **changed)  # type: ignore[arg-type]  # values by name
    return refusal.value


def reached_by_text(application_id: UUID) -> None:
    with transaction() as session:
        party = session.get_one(Application, application_id)
        party.contact_way, party.contact = "sms", "+821012345678"


def letters(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).where(Notice.kind == "message").order_by(Notice.id)))


def test_every_party_with_places_is_written_to_in_its_language_and_on_its_way(gate: Gate, session: Session) -> None:
    mail, text = gate.apply(2), gate.apply(1)
    reached_by_text(text)
    languages = {one: session.get_one(Application, one).language for one in (mail, text)}

    sent = send(gate)

    assert sent == MessageSent(parties=2, by_mail=1, by_text=1)
    found = {one.subject_id: one for one in letters(session)}
    assert {(one, found[one].way.value, found[one].language) for one in found} == {
        (mail, "mail", languages[mail]),
        (text, "sms", languages[text]),
    }
    assert {(one.facts["message_ko"], one.facts["message_en"]) for one in found.values()} == {(TEXT.ko, TEXT.en)}
    assert_sound(gate.scene, session)


def test_the_trail_keeps_who_wrote_and_to_how_many_but_not_the_words(gate: Gate, session: Session) -> None:
    gate.apply(2)
    gate.admit(1)  # left no contact

    send(gate)

    (entry,) = trail(session, "message_sent")
    assert entry.actor == gate.operator.label
    assert (entry.subject_id, entry.departure_id) == (gate.departure_id, gate.departure_id)
    assert entry.facts == {"parties": 1, "by_mail": 1, "by_text": 0, "waiting": 0, "without_contact": 1}


def test_those_who_wait_are_written_to_only_where_that_was_asked(gate: Gate, session: Session) -> None:
    gate.apply(4)
    gate.apply(4)
    today, gate.scene.now = gate.now, parse_moment("2026-05-10T09:30")
    waits = gate.scene.apply(gate.departure_id, 4, wait=True)
    gate.scene.now = today

    assert send(gate).parties == 2
    assert "message" not in told(session, waits)
    assert send(gate, waiting=True, form_id="another").parties == 3
    (letter,) = [one for one in letters(session) if one.subject_id == waits]
    assert letter.facts["waits"] is True


def test_the_same_form_sends_once_and_answers_alike(gate: Gate, session: Session) -> None:
    gate.apply(1)
    shown = audience(gate).mark

    first = send(gate, shown=shown)
    gate.apply(1)  # what comes afterwards changes nothing

    assert send(gate, shown=shown) == first
    assert len(letters(session)) == 1
    assert refused(gate, shown=shown, text=Words("다른 글", "another")).code == "form_reused"


def test_a_party_that_came_or_went_since_the_preview_is_said_with_the_new_number(gate: Gate, session: Session) -> None:
    gate.apply(1)
    shown = audience(gate).mark
    second = gate.apply(1)

    came = refused(gate, shown=shown)
    both = audience(gate).mark
    cancel(second, actor=GUEST, now=gate.now)
    went = refused(gate, shown=both)

    assert [(one.code, one.facts) for one in (came, went)] == [
        ("readers_changed", {"parties": 2}),
        ("readers_changed", {"parties": 1}),
    ]
    assert letters(session) == []
    assert trail(session, "message_sent") == []


def test_another_party_in_place_of_one_is_a_change_though_the_number_is_the_same(gate: Gate) -> None:
    first = gate.apply(1)
    shown = audience(gate).mark
    gate.apply(1)
    cancel(first, actor=GUEST, now=gate.now)

    assert refused(gate, shown=shown).code == "readers_changed"


def test_a_departure_that_was_called_off_is_not_written_about_any_more(gate: Gate) -> None:
    gate.apply(1)
    shown = audience(gate).mark
    call_off_departure(gate.departure_id, reason_ko="비", reason_en="rain", actor=gate.operator, now=gate.now)

    assert refused(gate, shown=shown).code == "nothing_to_write_about"


@pytest.mark.parametrize(
    ("moment", "code"), [("2026-05-20T11:59", None), ("2026-05-20T12:00", "nothing_to_write_about")]
)
def test_it_is_written_about_until_the_tour_is_over(gate: Gate, moment: str, code: str | None) -> None:
    gate.apply(1)
    gate.scene.now = parse_moment(moment)

    if code is None:
        assert send(gate).parties == 1
    else:
        assert refused(gate).code == code


def test_where_nobody_left_a_contact_nothing_is_sent(gate: Gate) -> None:
    gate.admit(2)

    assert refused(gate).code == "nobody_to_write_to"
    assert [one.application.seats for one in audience(gate).without_contact] == [2]


def test_a_whole_day_is_written_to_at_once_but_for_what_was_called_off(gate: Gate, session: Session) -> None:
    later, off = (gate.scene.add_departure(f"2026-05-20T{hour}:00") for hour in (14, 16))
    gate.apply(1)
    today, gate.scene.now = gate.now, parse_moment("2026-05-10T09:00")
    gate.scene.apply(later, 2)
    gate.scene.apply(off, 2)
    gate.scene.now = today
    call_off_departure(off, reason_ko="비", reason_en="rain", actor=gate.operator, now=gate.now)

    ids = departures_to_write_about(session, date(2026, 5, 20), actor=gate.operator)
    sent = send(gate, *ids)

    assert set(ids) == {gate.departure_id, later, off}
    assert sent == MessageSent(parties=2, by_mail=2, by_text=0)
    assert {one.subject_id: one.facts["parties"] for one in trail(session, "message_sent")} == {
        gate.departure_id: 1,
        later: 1,
    }
    assert send(gate, *ids) == sent  # the same form


def test_departures_of_others_are_neither_counted_nor_written_to(gate: Gate, session: Session) -> None:
    gate.apply(1)
    stranger = operator_of(new_id())

    with pytest.raises(NotFound):
        send(gate, actor=stranger)
    with pytest.raises(NotFound):
        departures_to_write_about(session, date(2026, 5, 20), actor=stranger)
    assert another_course(session) is not None  # which nobody runs
    assert letters(session) == []


def test_a_text_message_at_night_waits_unless_it_is_about_the_coming_morning(gate: Gate, session: Session) -> None:
    party = gate.apply(1)
    reached_by_text(party)
    gate.scene.now = parse_moment("2026-05-18T22:00")
    send(gate)
    gate.scene.now = parse_moment("2026-05-20T06:00")
    send(gate, form_id="on the day")

    far, near = letters(session)
    assert far.due_at == parse_moment("2026-05-19T09:00")
    assert near.due_at == parse_moment("2026-05-20T06:00")


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        (TEXT, []),
        (Words(" ", ""), [("message_missing", "text_ko"), ("message_missing", "text_en")]),
        (Words("가" * LONGEST_MESSAGE, "a" * (LONGEST_MESSAGE + 1)), [("text_too_long", "text_en")]),
        (Words("<b>굵게</b>", "1 < 2 and 3 > 2"), [("message_markup", "text_ko")]),
    ],
)
def test_a_text_is_there_in_both_languages_short_and_plain(text: Words, flaws: list[tuple[str, str]]) -> None:
    assert [(one.code, one.field) for one in message_flaws(text)] == flaws


def four_places(gate: Gate) -> UUID:
    """A change that leaves the day four places, and can be taken back for a while."""
    return measure(gate.scene, kind="override", capacity=4)


def lost(gate: Gate) -> LostForNow | None:
    return lost_for_now(db.session(), audience(gate), gate.now)


def test_who_lost_places_by_a_change_that_can_still_be_taken_back_is_counted_apart(session: Session) -> None:
    gate = build_gate(policy=Policy.KEEP_EARLIEST)
    gate.scene.now = parse_moment("2026-05-12T10:00")
    parties = [gate.apply(3), gate.apply(4)]
    assert lost(gate) is None
    until = gate.now + GRACE

    mistake = four_places(gate)

    assert sorted(state(one) for one in parties) == [State.CONFIRMED, State.DISPLACED]
    assert lost(gate) == LostForNow(1, until)
    undo(gate.scene, mistake)
    assert lost(gate) is None
    assert len(audience(gate).parties) == 2


def test_who_lost_places_for_good_is_counted_no_more(session: Session) -> None:
    gate = build_gate(policy=Policy.KEEP_EARLIEST)
    gate.scene.now = parse_moment("2026-05-12T10:00")
    gate.apply(3), gate.apply(4)
    four_places(gate)

    gate.scene.now += GRACE

    assert lost(gate) is None


def test_who_lost_places_on_another_departure_is_not_counted_here(session: Session) -> None:
    gate = build_gate(policy=Policy.KEEP_EARLIEST)
    gate.scene.now = parse_moment("2026-05-12T10:00")
    gate.apply(3), gate.apply(4)
    other = gate.scene.add_departure("2026-05-21T10:00")
    four_places(gate)

    assert lost_for_now(db.session(), audience(gate, other), gate.now) is None
    assert lost_for_now(db.session(), audience(gate, other, gate.departure_id), gate.now) is not None
