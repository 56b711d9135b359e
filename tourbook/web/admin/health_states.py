"""From figures to a state: fine, look (somebody should look at it), act (somebody must do something now). Pure."""

from datetime import datetime, timedelta

FINE, LOOK, ACT = "fine", "look", "act"
ORDER = (FINE, LOOK, ACT)

MISSED_RUNS = 3
GRACE = timedelta(minutes=2)  # the timetable writes down once a minute what ran
NOTICES_LOOK, NOTICES_ACT = timedelta(minutes=2), timedelta(minutes=10)
SETTLING_LOOK, SETTLING_ACT = timedelta(minutes=1), timedelta(minutes=5)
DISK_LOOK, DISK_ACT = 0.15, 0.05
LEAST_FREE = 1_000_000_000


def worst(states: list[str]) -> str:
    """The most urgent of some states; fine where there is none."""
    return max(states, key=ORDER.index, default=FINE)


def of_job(every: timedelta, ran_at: datetime | None, failed_at: datetime | None, now: datetime) -> str:
    """A job that failed after it last ended well, or that has missed several runs, has to be seen to."""
    if failed_at and (ran_at is None or failed_at > ran_at):
        return ACT
    if ran_at is None or now - ran_at > MISSED_RUNS * every + GRACE:
        return ACT
    return FINE


def of_age(since: datetime | None, now: datetime, look: timedelta, act: timedelta) -> str:
    """What has waited for its turn since then; None: nothing has."""
    waited = now - since if since else timedelta()
    return ACT if waited > act else LOOK if waited > look else FINE


def of_count(count: int, otherwise: str = LOOK) -> str:
    """Nothing of it is fine."""
    return otherwise if count else FINE


def of_disk(free: int, total: int) -> str:
    """By what share is free, and that it is enough for a day."""
    share = free / total if total else 0.0
    if share < DISK_ACT or free < LEAST_FREE:
        return ACT
    return LOOK if share < DISK_LOOK else FINE
