"""Regions, courses with their figures, schedules, breaks, holidays, departures, and measures at one site."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row, index_of_some
from tourbook.instants import Instant


class Kind(StrEnum):
    """What a course is; the level table speaks of kinds."""

    TRAIL = "trail"
    PANMUNJEOM = "panmunjeom"


class Policy(StrEnum):
    """Who keeps their seats when a departure shrinks; declared in public before it is needed."""

    CANCEL_ALL = "cancel_all"
    KEEP_EARLIEST = "keep_earliest"
    DRAW_AMONG_BOOKED = "draw_among_booked"
    VOLUNTEERS_FIRST = "volunteers_first"


TOO_FEW_PEOPLE = "too_few_people"
"""The cause by which a departure is called off that fewer people want than the course's minimum to run."""


class Region(Row):
    """A province or municipality, by its administrative code; names are not unique (there are two Goseong)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(unique=True)
    parent: Mapped[str | None]
    name_ko: Mapped[str]
    name_en: Mapped[str]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    successor: Mapped[str | None]


class Course(Row):
    """A trail route or a Panmunjeom tour: what does not change with time. Its figures are CourseFigures.

    `details` are shown and never computed with; each in Korean (_ko) and English (_en): summary, season, fee, meeting
    are texts; bring, dress, conduct, good_to_know are lists of sentences; legs is a list of {by: walk or vehicle, km: a
    number or null, ko, en} in the order of the way, each with wheelchair and toilets (true, false) and path (points
    [lon, lat] or [lon, lat, metres], to 0.001 degrees) where they are known; level is easy, moderate or hard, and
    path_invented true where the points only show what a way looks like. Any of them may be missing (ways.py reads
    them). `names_checked`: authorities check who goes (clearance says which). `planned_until` is the last day up to
    which schedules have given departures; None: somebody makes them by hand, and the timetable makes none.
    `runs_from_people` is with how few people a departure runs; it is decided `decided_days_before`, at `decided_at`
    (all three, or none: then it always runs). What was declared of that at `minimum_since` counts for departures that
    are decided later.
    """

    __tablename__ = "course"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    name_ko: Mapped[str]
    name_en: Mapped[str]
    mode: Mapped[str] = mapped_column(default="first_come")
    min_age: Mapped[int] = mapped_column(default=0)
    who: Mapped[str] = mapped_column(default="all")
    needs_passport: Mapped[bool] = mapped_column(default=False)
    opens_days_before: Mapped[int]
    opens_at: Mapped[time]
    closes_days_before: Mapped[int]
    roster_due_days: Mapped[int]
    amend_until_days: Mapped[int]
    minutes: Mapped[int]
    length_km: Mapped[float | None]
    walk_km: Mapped[float | None]
    meeting_place_ko: Mapped[str]
    meeting_place_en: Mapped[str]
    id_rule_ko: Mapped[str]
    id_rule_en: Mapped[str]
    fee_krw: Mapped[int] = mapped_column(default=0)
    runs_on_holidays: Mapped[bool] = mapped_column(default=True)
    policy: Mapped[Policy] = mapped_column(default=Policy.CANCEL_ALL)
    skip_bound: Mapped[int] = mapped_column(default=3)
    offer_hours: Mapped[int] = mapped_column(default=24)
    shrink_hours: Mapped[int] = mapped_column(default=24)
    volunteer_hours: Mapped[int] = mapped_column(default=24)
    right_days: Mapped[int] = mapped_column(default=365)
    runs_from_people: Mapped[int | None]
    decided_days_before: Mapped[int | None]
    decided_at: Mapped[time | None]
    minimum_since: Mapped[datetime | None] = mapped_column(Instant)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    names_checked: Mapped[bool] = mapped_column(default=False)
    planned_until: Mapped[date | None]


class CourseFigures(Row):
    """What the allowance rule reads of a course. Editing adds a row: a past answer can always be given again."""

    __tablename__ = "course_figures"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    entry: Mapped[int]
    capacity: Mapped[int]
    party_limit: Mapped[int | None]
    known_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)


class Schedule(Row):
    """Weekdays and times at which a course departs, for a season."""

    __tablename__ = "schedule"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON)  # Monday is 0
    times: Mapped[list[str]] = mapped_column(JSON)  # "10:00", Korean time
    runs_from: Mapped[date | None]
    runs_until: Mapped[date | None]
    capacity: Mapped[int | None]


class Break(Row):
    """Days on which a course does not run: a winter or summer break, a closed day. Nothing is generated there."""

    __tablename__ = "course_break"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason_ko: Mapped[str]
    reason_en: Mapped[str]


class Holiday(Row):
    """A public holiday in Korea; seeded from a library, edited by administrators (temporary holidays)."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(unique=True)
    name_ko: Mapped[str]
    name_en: Mapped[str]


class Round(Row):
    """Departures of one course whose places are given by a draw, all at once.

    It covers the days from `first_day` to `last_day`. Entries are taken from `opens_at` until `closes_at`; then they
    are sealed. What decides is a public value, which is named beforehand and known from `value_at` (`source`), or what
    counts where it does not come, known from `fallback_at` (`fallback`); `by_fallback` says which was entered, and
    `missed_at` when it was said that the value had not come: from then on that one never counts. Places that nobody
    drew are free for everybody from `left_overs_at`. The other instants say what was done, and when: `seated_until` up
    to which departure's start those who drew have their seats, `reserve_turn` up to which turn the reserve stands in
    line (`reserve_until` is of the code of before), `given_at` that everybody has what the draw gave, `withdrawn_at`
    that the announcement was taken back: before anybody had entered, or because it was sealed too late for any value;
    then `given_at` says that everybody who had entered was told.
    """

    __tablename__ = "draw_round"
    __table_args__ = (index_of_some("uq_draw_round_code", "code", unique=True, where=text("withdrawn_at IS NULL")),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    code: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    value_at: Mapped[datetime] = mapped_column(Instant)
    left_overs_at: Mapped[datetime] = mapped_column(Instant)
    source_ko: Mapped[str]
    source_en: Mapped[str]
    fallback_ko: Mapped[str]
    fallback_en: Mapped[str]
    fallback_at: Mapped[datetime | None] = mapped_column(Instant)
    by_fallback: Mapped[bool] = mapped_column(default=False)
    missed_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    seal: Mapped[str | None]
    value: Mapped[str | None]
    drawn_at: Mapped[datetime | None] = mapped_column(Instant)
    reserve_until: Mapped[datetime | None] = mapped_column(Instant)
    seated_until: Mapped[datetime | None] = mapped_column(Instant)
    reserve_turn: Mapped[int | None]
    given_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    held_ko: Mapped[str | None]
    held_en: Mapped[str | None]
    resumed_at: Mapped[datetime | None] = mapped_column(Instant)
    news: Mapped[str | None]
    told_until: Mapped[UUID | None]


class Departure(Row):
    """One departure of a course, with the state it was last settled in.

    seats_taken, allowed, over_capacity, queue_stamp, version, own_asked, next_due_at and trail_length (how many entries
    of the audit trail are about its seats) are written only under this row's lock. `own_asked` is none where nobody
    ever lost places here. It is true while those who did have been asked, and the others come next.

    Where a round gives its places, nobody else takes any while it `awaits_draw`, nor before `by_draw_until`.
    `joined_round_at` is when it joined a round that had been announced before it was made. `places_to_draw` is how many
    the round gives, from its sealing until its reserve stands in line: meanwhile none is offered to anybody.
    `draws_held` counts how often lots decided who of the booked stays. `volunteers_until` is set while parties are
    asked who would give up their places: there are more of them than may go, and nobody is admitted.
    `entrants_told_to` is the last entry that was told that this choice of it was called off or stopped; none once all
    were, or where nobody need be.
    `seats_allotted` is how many of seats_taken are set aside for groups and nobody's yet; none where no group has any.

    `runs_since` is when it was settled that it runs, however few people have places by then or later: as enough had,
    as somebody decided so for the reason `kept_running`, or as it was made after that would have been decided.
    `called_off_cause` is set where a call-off has a cause with a name (TOO_FEW_PEOPLE), beside its words.
    """

    __tablename__ = "departure"
    __table_args__ = (
        UniqueConstraint("course_id", "starts_at"),
        Index("ix_departure_behind", "version", "starts_at", "own_asked", "course_id", "id"),
        index_of_some("ix_departure_round_id", "round_id", where=text("round_id IS NOT NULL")),
        CheckConstraint("seats_taken >= 0", name="seats_not_negative"),
        CheckConstraint("seats_taken <= allowed OR over_capacity", name="not_oversold"),
    )

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, index=True)
    minutes: Mapped[int]
    own_capacity: Mapped[int | None]
    seats_taken: Mapped[int] = mapped_column(default=0)
    allowed: Mapped[int] = mapped_column(default=0)
    party_max: Mapped[int | None]
    public_free: Mapped[int] = mapped_column(default=0)
    over_capacity: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=-1)
    own_asked: Mapped[bool | None]
    queue_stamp: Mapped[int] = mapped_column(default=0)  # of the queue, when this was last settled; or asleep
    next_due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    trail_length: Mapped[int] = mapped_column(default=0)
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("draw_round.id"))
    joined_round_at: Mapped[datetime | None] = mapped_column(Instant)
    awaits_draw: Mapped[bool] = mapped_column(default=False)
    by_draw_until: Mapped[datetime | None] = mapped_column(Instant)
    places_to_draw: Mapped[int | None]
    draws_held: Mapped[int] = mapped_column(default=0)
    volunteers_until: Mapped[datetime | None] = mapped_column(Instant)
    had_volunteers_until: Mapped[datetime | None] = mapped_column(Instant)
    roster_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    called_off_at: Mapped[datetime | None] = mapped_column(Instant)
    called_off_ko: Mapped[str | None]
    called_off_en: Mapped[str | None]
    called_off_cause: Mapped[str | None]
    seats_allotted: Mapped[int | None]
    entrants_told_to: Mapped[UUID | None]
    runs_since: Mapped[datetime | None] = mapped_column(Instant)
    kept_running_ko: Mapped[str | None]
    kept_running_en: Mapped[str | None]


class SiteMeasure(Row):
    """A decision about one course alone: suspended, or run at another size, with its cause and its dates.

    `known_at` is the moment from which it counts, `planned_until` the end that it was announced with (None: open).
    Each other end that was decided since is a MeasureEnd of its own. The suspensions of one stop, of several courses
    for one named `cause`, share its `stop_id`.
    """

    __tablename__ = "site_measure"
    __table_args__ = (index_of_some("ix_site_measure_stop_id", "stop_id", where=text("stop_id IS NOT NULL")),)

    entry: Mapped[int] = mapped_column(unique=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), index=True)
    kind: Mapped[str]
    announced_at: Mapped[datetime] = mapped_column(Instant)
    known_at: Mapped[datetime] = mapped_column(Instant)
    effective_from: Mapped[date]
    planned_until: Mapped[date | None]
    capacity: Mapped[int | None]
    raises: Mapped[bool] = mapped_column(default=False)
    reason_ko: Mapped[str]
    reason_en: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    stop_id: Mapped[UUID | None]
    cause: Mapped[str | None]


class MeasureEnd(Row):
    """On which day a measure ends (None: it is open again), as it was decided at one time; what was decided before
    stays on record.
    """

    __tablename__ = "measure_end"

    measure_id: Mapped[UUID] = mapped_column(ForeignKey("site_measure.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    last_day: Mapped[date | None]
