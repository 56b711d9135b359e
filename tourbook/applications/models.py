"""Applications with their parties, offers, priority rights and consents."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.courses.months import month_of_departure
from tourbook.db import Row, index_of_some
from tourbook.instants import Instant
from tourbook.seal import Sealed


class State(StrEnum):
    """Where an application stands; the lawful changes between states are in rules.TRANSITIONS."""

    HELD = "held"
    ENTERED = "entered"
    NOT_DRAWN = "not_drawn"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    DISPLACED = "displaced"
    MUST_SHRINK = "must_shrink"
    CALLED_OFF = "called_off"
    MOVED = "moved"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Channel(StrEnum):
    """How the application came in."""

    WEB = "web"
    WALK_UP = "walk_up"
    STANDBY = "standby"
    TELEPHONE = "telephone"


class Fee(StrEnum):
    """What became of the fee, which is paid at the meeting place and given back as a local voucher."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"
    VOUCHER_GIVEN = "voucher_given"
    RETURNED = "returned"

    @property
    def was_paid(self) -> bool:
        """Has money been taken? Then the amount says how much, whoever leaves the party since."""
        return self in {Fee.PAID, Fee.VOUCHER_GIVEN, Fee.RETURNED}


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class Attendance(StrEnum):
    """Whether a visitor came. It belongs to the visitor, not to the party."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    TURNED_AWAY = "turned_away"


MAY_BE_QUEUED = text("state IN ('displaced', 'called_off')")
"""Written out, since only then a database knows that it may use the index which is kept of these alone."""

QUEUE_ORDER = ("course_id", "seats", "queue_rank", "confirmed_at", "reference")

_TYPED = text("typing_until IS NOT NULL")
_OPEN_OF_A_WAIT = text("state = 'open' AND wait_id IS NOT NULL")


def _month(row: "Application | Visitor | Allotment") -> str:
    """The month of the tour, whose key seals what is about people."""
    return month_of_departure(row.departure_id)


class Application(Row):
    """One party's application for one departure.

    `typing_until` is set while somebody still types: with state held it is the end of the hold, with state waiting or
    entered the moment by which the details must be in, or the place in the queue or in the draw is given up. Whoever
    enters a draw names up to three departures in `choices`, ids as text, the most wanted first; the application is for
    the first of them. `passes` names the waiting parties that this one passed by when its seats were given to it, as
    long as it has them; `passed_by` counts those who name it. A party that waits for several dates of a course, to go
    on one of them, has an application for each, all with the id of the first as `wait_id`. `volunteered_at` says that
    it would give up its places where too many are booked, `exempt_since` that it keeps them by an administrator's
    exception. `queue_rank` is 0 for those who gave way, and are asked before all others who lost their places.
    `held_since` is when it began to hold seats again that it had let go once; else it holds them since `created_at`.
    `released_until` is until when places would have been held that a cut took, `released_under` the version of the
    facts under which it did: taken back in time, they are held again. `allotment_id` names the places set aside of
    which it has its own; whoever loses these has no part in it any more. `had_to_shrink_until` is the deadline that
    a party had when it lost its places: put back, it has that again. `shrink_to` is how many may go as it was told,
    when it was asked to become smaller; `had_passes` and `had_volunteered_at` what `passes` and `volunteered_at` were
    when it lost its places or its offer. `forgotten_at` is when its people, its contact
    and its link were forgotten: their texts are empty since.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats_positive"),
        index_of_some("ix_application_queue", *QUEUE_ORDER, where=MAY_BE_QUEUED),
        index_of_some("uq_application_one_typing_per_browser", "browser_hash", unique=True, where=_TYPED),
        index_of_some("ix_application_address_hash", "address_hash", where=_TYPED),
        index_of_some("ix_application_person_id", "person_id", where=text("person_id IS NOT NULL")),
        index_of_some("ix_application_wait_id", "wait_id", where=text("wait_id IS NOT NULL")),
        index_of_some("ix_application_allotment_id", "allotment_id", where=text("allotment_id IS NOT NULL")),
        index_of_some("uq_application_replaces_id", "replaces_id", unique=True, where=text("replaces_id IS NOT NULL")),
        index_of_some("ix_application_remembered", "departure_id", where=text("forgotten_at IS NULL")),
    )

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"))
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[State]
    channel: Mapped[Channel] = mapped_column(default=Channel.WEB)
    seats: Mapped[int]
    language: Mapped[str] = mapped_column(default="ko")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    token_sealed: Mapped[bytes]
    token_hash: Mapped[str] = mapped_column(unique=True)
    contact_sealed: Mapped[bytes | None]
    contact_index: Mapped[str | None]
    contact_way: Mapped[str | None]
    browser_hash: Mapped[str | None]
    address_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    held_since: Mapped[datetime | None] = mapped_column(Instant)
    typing_until: Mapped[datetime | None] = mapped_column(Instant)
    extensions: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    waiting_since: Mapped[datetime | None] = mapped_column(Instant)
    wait_id: Mapped[UUID | None]
    choices: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    passed_by: Mapped[int] = mapped_column(default=0)
    passes: Mapped[list[str]] = mapped_column(JSON, default=list)
    set_aside_at: Mapped[datetime | None] = mapped_column(Instant)
    shrink_until: Mapped[datetime | None] = mapped_column(Instant)
    had_to_shrink_until: Mapped[datetime | None] = mapped_column(Instant)
    shrink_to: Mapped[int | None]
    had_passes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    had_volunteered_at: Mapped[datetime | None] = mapped_column(Instant)
    volunteered_at: Mapped[datetime | None] = mapped_column(Instant)
    queue_rank: Mapped[int] = mapped_column(default=1)
    exempt_since: Mapped[datetime | None] = mapped_column(Instant)
    released_until: Mapped[datetime | None] = mapped_column(Instant)
    released_under: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    cause_ko: Mapped[str | None]
    cause_en: Mapped[str | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    allotment_id: Mapped[UUID | None]
    fee: Mapped[Fee] = mapped_column(default=Fee.NONE)
    fee_krw: Mapped[int] = mapped_column(default=0)
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)

    contact = Sealed(_month)
    token = Sealed(_month)


class Visitor(Row):
    """One person of a party. `claims_place` says that the person counts as being on that departure, `kept_out` that an
    authority does not let the person in: staying away counts against nobody then.
    """

    __tablename__ = "visitor"
    __table_args__ = (
        index_of_some(
            "uq_visitor_person_once_per_departure",
            "departure_id",
            "person_index",
            "namesake",
            unique=True,
            where=text("claims_place"),
        ),
        index_of_some(
            "uq_visitor_takes_place_of", "takes_place_of", unique=True, where=text("takes_place_of IS NOT NULL")
        ),
        index_of_some("ix_visitor_kept_out", "departure_id", where=text("kept_out")),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"))
    place: Mapped[int]
    name_sealed: Mapped[bytes]
    birth_date_sealed: Mapped[bytes]
    nationality: Mapped[str]
    document_sealed: Mapped[bytes | None]
    person_index: Mapped[str] = mapped_column(index=True)
    namesake: Mapped[int] = mapped_column(default=0)
    name_index: Mapped[str] = mapped_column(index=True)
    claims_place: Mapped[bool] = mapped_column(default=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.EXPECTED)
    attendance_at: Mapped[datetime | None] = mapped_column(Instant)
    condition_shown: Mapped[bool] = mapped_column(default=False)
    kept_out: Mapped[bool] = mapped_column(default=False)
    takes_place_of: Mapped[UUID | None] = mapped_column(ForeignKey("visitor.id"))

    name = Sealed(_month)
    birth_date = Sealed(_month)
    document = Sealed(_month)


class Allotment(Row):
    """Places of a departure that an operator has set aside for a group until a moment.

    `seats` is how many, those that its parties have among them: what is left of them counts as taken. `yielded` is how
    many of them a smaller size has taken since. They end at `releases_at`, or earlier at the deadline of the course;
    `released_at` is when that was written. `reminded_days` is how many days before the end the last reminder said.
    `group_name_before` is a name in plain writing from the code of before, which stands until the timetable seals it.
    """

    __tablename__ = "allotment"
    __table_args__ = (
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        index_of_some("ix_allotment_releases_at", "releases_at", where=text("released_at IS NULL")),
    )

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"), index=True)
    name_sealed: Mapped[bytes | None]
    group_name_before: Mapped[str] = mapped_column("group_name", default="")
    seats: Mapped[int]
    yielded: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="ko")
    token_sealed: Mapped[bytes]
    token_hash: Mapped[str] = mapped_column(unique=True)
    contact_sealed: Mapped[bytes | None]
    contact_way: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    releases_at: Mapped[datetime] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded_days: Mapped[int | None]

    name = Sealed(_month)
    contact = Sealed(_month)
    token = Sealed(_month)

    @property
    def group_name(self) -> str:
        """What the group is called; empty once it was forgotten. What the code of before wrote last counts."""
        return self.group_name_before or self.name or ""

    @group_name.setter
    def group_name(self, name: str) -> None:
        self.name, self.group_name_before = name, ""


class EnteredPerson(Row):
    """One person of a party that has entered for a draw: everybody stands in one entry of a round."""

    __tablename__ = "entered_person"
    __table_args__ = (UniqueConstraint("round_id", "person_index", "namesake"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("draw_round.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    person_index: Mapped[str]
    namesake: Mapped[int]


class Offer(Row):
    """Seats offered to a waiting or displaced party until a deadline; they count as taken while it is open.

    `wait_id` is that of its application: of several dates one is offered at a time. `by_day` says that it was made
    since there are quiet hours, in which it must not run out.
    """

    __tablename__ = "offer"
    __table_args__ = (
        index_of_some("uq_offer_one_open_per_application", "application_id", unique=True, where=text("state = 'open'")),
        index_of_some("uq_offer_one_open_per_wait", "wait_id", unique=True, where=_OPEN_OF_A_WAIT),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"), index=True)
    seats: Mapped[int]
    state: Mapped[OfferState] = mapped_column(default=OfferState.OPEN)
    made_at: Mapped[datetime] = mapped_column(Instant)
    deadline: Mapped[datetime] = mapped_column(Instant)
    by_day: Mapped[bool] = mapped_column(default=True)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    wait_id: Mapped[UUID | None]


UNUSED_RIGHT = text("used_at IS NULL AND ended_at IS NULL")
_UNUSED_WITH_AN_END = text("used_at IS NULL AND ended_at IS NULL AND lasts_until IS NOT NULL")
"""Narrower than what the right of a party is looked up by, or PostgreSQL looks it up in the index of all ends."""


class PriorityRight(Row):
    """A displaced party's right to be asked first when the course has seats again; used at most once.

    It lasts until an instant (None: granted before rights had an end); `ended_at` is when it ran out or was given up,
    `reminded_at` when its holder was told that it is about to end.
    """

    __tablename__ = "priority_right"
    __table_args__ = (
        index_of_some(
            "uq_priority_right_one_unused_per_application",
            "application_id",
            unique=True,
            where=UNUSED_RIGHT,
        ),
        index_of_some("ix_priority_right_lasts_until", "lasts_until", where=_UNUSED_WITH_AN_END),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    granted_at: Mapped[datetime] = mapped_column(Instant)
    lasts_until: Mapped[datetime | None] = mapped_column(Instant)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class CourseQueue(Row):
    """The displaced of one course, as a row to lock: whoever offers them seats, or adds to them, holds it.

    The stamp rises when somebody joins; a departure that was settled under an older stamp is due again.
    Locked after departures, never before.
    """

    __tablename__ = "course_queue"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), unique=True)
    stamp: Mapped[int] = mapped_column(default=0)


class Consent(Row):
    """What somebody agreed to or refused: one row per item and text version."""

    __tablename__ = "consent"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    item: Mapped[str]
    text_version: Mapped[str]
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant)
