"""How the installation is: each figure with a state in words, and what to do about it. No secrets stand here."""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tourbook.courses import courses
from tourbook.db import db
from tourbook.distancing import facts_by_course
from tourbook.durability import Forgets
from tourbook.heartbeat import JobRun
from tourbook.kst import civil_day
from tourbook.operations import Health, read_health
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin import health_states as states
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.job_words import job_words
from tourbook.web.admin.outlook import Lapse, Outlook

LIBRARIES = ("Flask", "SQLAlchemy", "alembic", "APScheduler", "psycopg", "granian")
MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Check:
    """One figure: what it is about, how it stands in words, its state, and what to do where it is not fine."""

    test: str
    name: str
    value: str
    state: str
    advice: str = ""
    href: str | None = None

    @property
    def to_do(self) -> str:
        """What to do; nothing where it is fine."""
        return "" if self.state == states.FINE else self.advice


@blueprint.get("/health")
@permission(Permission.ADMINISTRATOR)
def health() -> str:
    """The timetable, the outbox, departures, orders, the database, the disk, versions."""
    now = request_time()
    found = read_health(db.session(), now=now)
    jobs = [_job(one, now) for one in found.jobs]
    checks = [_timetable(jobs), *_outbox(found, now), *_departures(found, now), *_orders(found, now), *_database(found)]
    return render_template(
        "admin/health.html",
        worst=states.worst([one.state for one in checks]),
        now=now,
        checks=checks,
        jobs=jobs,
        versions=list(_versions(found)),
    )


def _timetable(jobs: list[Check]) -> Check:
    """All jobs together: none has ever run, some are behind or fail, or all is well."""
    wrong = [one.name for one in jobs if one.state != states.FINE]
    words = _("It has never run here.") if not jobs else ", ".join(wrong) or _("No job is late.")
    return Check(
        "timetable",
        _("Timetable"),
        words,
        states.ACT if wrong or not jobs else states.FINE,
        _("See that the timetable runs (flask tourbook jobs), and read its log. Until then nobody is written to."),
    )


def _job(run: JobRun, now: datetime) -> Check:
    every = timedelta(seconds=run.every_seconds)
    told = [
        _("last %(moment)s", moment=present.instant(run.ran_at)) if run.ran_at else _("never ended well"),
        _("failed %(moment)s", moment=present.instant(run.failed_at)) if run.failed_at else "",
        _("every %(duration)s", duration=_seconds(run.every_seconds)),
    ]
    state = states.of_job(every, run.ran_at, run.failed_at, now)
    return Check("job", job_words(run.job), ", ".join(filter(None, told)), state)


def _seconds(seconds: int) -> str:
    if seconds < 60:
        words: str = ngettext("%(num)s second", "%(num)s seconds", seconds)
        return words
    return present.duration(seconds // 60)


def _outbox(found: Health, now: datetime) -> Iterator[Check]:
    box = found.outbox
    oldest = _("the oldest since %(moment)s", moment=present.instant(box.oldest_due)) if box.oldest_due else ""
    yield Check(
        "outbox",
        _("Notices to be sent"),
        ", ".join(
            filter(None, (_("%(number)s now", number=box.due), oldest, _("%(number)s for later", number=box.later)))
        ),
        states.of_age(box.oldest_due, now, states.NOTICES_LOOK, states.NOTICES_ACT),
        _("See whether the mail server and the text messages answer; the log of the timetable says what they said."),
    )
    yield Check(
        "failed",
        _("Notices that could not be delivered"),
        str(box.failed),
        states.of_count(box.failed),
        _("Operators find on each roster whom to call."),
    )
    yield _wishes(found, now)


def _wishes(found: Health, now: datetime) -> Check:
    """They wait at the screen, and no notice stands in the outbox yet: the timetable has not come to them."""
    wishes = found.wishes
    oldest = _("the oldest since %(moment)s", moment=present.instant(wishes.oldest)) if wishes.oldest else ""
    return Check(
        "wishes",
        _("People who asked for an email to choose a password"),
        ", ".join(filter(None, (str(wishes.waiting), oldest))),
        states.of_age(wishes.oldest, now, states.NOTICES_LOOK, states.NOTICES_ACT),
        _("They are answered within seconds while the timetable runs: look at its job below, and read its log."),
    )


def _departures(found: Health, now: datetime) -> Iterator[Check]:
    yield Check(
        "over",
        _("Departures over capacity"),
        str(found.over_capacity),
        states.of_count(found.over_capacity),
        _("They take nobody until people have gone. The timeline shows which they are."),
        url_for("admin.timeline"),
    )
    backlog = found.backlog
    since = _("since %(moment)s", moment=present.instant(backlog.since)) if backlog.since else ""
    yield Check(
        "backlog",
        _("Departures to be settled"),
        ", ".join(filter(None, (str(backlog.departures), since))),
        states.of_age(backlog.since, now, states.SETTLING_LOOK, states.SETTLING_ACT),
        _("A change is being applied, or the timetable stands still: look at it above."),
        url_for("admin.changes"),
    )


def _orders(found: Health, now: datetime) -> Iterator[Check]:
    """Orders whose end comes without a successor, and those without an end."""
    facts = facts_by_course(db.session())
    lapses = [lapse for one in courses(db.session()) if (lapse := Outlook(one, facts[one.id], now).lapse())]
    soon = [one for one in lapses if one.past or (one.last_day and one.last_day - civil_day(now) <= SOON)]
    yield Check(
        "lapse",
        _("Orders that end without another after them"),
        ", ".join(f"{one.course}: {_last_day(one)}" for one in lapses) or "0",
        states.ACT if soon else states.of_count(len(lapses)),
        _("Decide what follows: enter an order, or move the end."),
        url_for("admin.timeline"),
    )
    yield Check(
        "kept-too-long",
        _("Visits and applications whose people should be forgotten by now"),
        str(found.kept_too_long),
        states.of_count(found.kept_too_long),
        _("See that the timetable runs: the law has personal data destroyed without delay."),
    )
    yield Check("open-ended", _("Orders without an end"), str(found.open_ended), states.FINE)


def _last_day(lapse: Lapse) -> str:
    return present.day(lapse.last_day) if lapse.last_day else str(_("has ended"))


def _database(found: Health) -> Iterator[Check]:
    database = found.database
    words = "; ".join(map(_why_it_forgets, database.forgetful)) or _("It keeps what it has acknowledged")
    yield Check(
        "database",
        _("Database"),
        f"{database.kind} {database.release}, {_megabytes(database.size)}. {words}.",
        states.FINE if not database.forgetful else states.ACT,
        _("Set it back to its safe value: after a power cut confirmed applications could be missing."),
    )
    disk = shutil.disk_usage(_folder(database.file))
    yield Check(
        "disk",
        _("Disk of this machine"),
        _("%(free)s of %(total)s free", free=_gigabytes(disk.free), total=_gigabytes(disk.total)),
        states.of_disk(disk.free, disk.total),
        _("Make room, or give the disk more: a full disk lets nobody apply."),
    )


def _why_it_forgets(why: Forgets) -> str:
    """For whoever reads the page; the name of a setting stays as it is written in the database's own files."""
    if why is Forgets.IN_MEMORY:
        return str(_("It lives in memory only"))
    return str(_("Unsafe setting: %(setting)s", setting=_SETTINGS[why]))


_SETTINGS = {
    Forgets.SYNCHRONOUS: "synchronous ≠ FULL",
    Forgets.FSYNC: "fsync = off",
    Forgets.FULL_PAGE_WRITES: "full_page_writes = off",
    Forgets.SYNCHRONOUS_COMMIT: "synchronous_commit = off",
}


def _folder(file: str | None) -> Path:
    """Where the database lies, or else the application."""
    return Path(file).resolve().parent if file else Path(current_app.root_path)


def _megabytes(size: int) -> str:
    return f"{present.number(round(size / MEGABYTE, 1))} MB"


def _gigabytes(size: int) -> str:
    return f"{present.number(round(size / GIGABYTE, 1))} GB"


def _versions(found: Health) -> Iterator[tuple[str, str]]:
    yield _("Schema"), found.database.schema or _("unknown")
    yield "Python", platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
